package dev.motorpool.source;

/** The pools whose workers load sources. */
public interface SourcePools {

    /** Makes the pools that a runtime with sources has, unless they are there. */
    void provide(String runtime);

    /** Replaces the workers of a runtime: calls that run go on in the old ones, all others run in new ones. */
    void renew(String runtime);
}
