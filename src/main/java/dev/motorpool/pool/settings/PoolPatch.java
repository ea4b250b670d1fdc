package dev.motorpool.pool.settings;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a pool as given by a client or the configuration. A missing setting keeps its value. A setting of null
 * returns to its default.
 *
 * @param kind null if none was given
 * @param given values of the types that {@link PoolSetting#type} names; not yet checked for their ranges
 */
public record PoolPatch(@Nullable PoolKind kind, Map<PoolSetting, @Nullable Object> given) {

    public static final PoolPatch EMPTY = new PoolPatch(null, Map.of());

    public PoolPatch {
        Map<PoolSetting, @Nullable Object> copy = new EnumMap<>(PoolSetting.class);
        given.forEach((setting, value) -> {
            if (value != null && !setting.type().isInstance(value)) {
                throw new IllegalArgumentException(setting + " is not a " + value.getClass());
            }
            copy.put(setting, value);
        });
        given = Collections.unmodifiableMap(copy);
    }

    /** This patch overridden by another one; settings that the other resets are removed. */
    public PoolPatch with(PoolPatch other) {
        Map<PoolSetting, @Nullable Object> both = new EnumMap<>(PoolSetting.class);
        both.putAll(given);
        both.putAll(other.given);
        both.values().removeIf(value -> value == null);
        return new PoolPatch(other.kind != null ? other.kind : kind, both);
    }
}
