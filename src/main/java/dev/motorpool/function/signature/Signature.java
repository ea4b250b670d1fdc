package dev.motorpool.function.signature;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which arguments a function takes.
 *
 * @param parameters the named ones, in order
 * @param positional how many of them, from the first, can be given by position
 * @param positionalOnly how many of them, from the first, cannot be given by name
 * @param rest the type of further positional arguments; null if there can be none
 * @param others the type of further named arguments; null if there can be none
 */
public record Signature(
        List<Parameter> parameters,
        int positional,
        int positionalOnly,
        @Nullable ValueType rest,
        @Nullable ValueType others) {

    public Signature {
        parameters = List.copyOf(parameters);
    }

    /** All parameters can be given by position and by name, and there are no others. */
    public static Signature of(List<Parameter> parameters) {
        return new Signature(parameters, parameters.size(), 0, null, null);
    }

    /** The type of the one argument that a call must have; null if it must have none or several. */
    @Nullable
    ValueType onlyRequired() {
        for (int i = 1; i < parameters.size(); i++) {
            if (parameters.get(i).required()) {
                return null;
            }
        }
        return positional == 0
                ? rest != null && parameters.isEmpty() ? rest : null
                : parameters.getFirst().type();
    }
}
