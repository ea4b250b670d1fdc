package dev.motorpool.function;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Functions with the types of parameters that only plug-ins have. */
public final class PluginSamples {

    /** A constant of some enum. */
    public enum Size {
        SMALL,
        LARGE
    }

    /** An order, which may have others within. */
    public record Order(
            String name,
            short amount,
            Size size,
            Optional<Boolean> paid,
            @Nullable String unitPrice) {}

    /** A record that contains itself. */
    public record Tree(int value, List<Tree> branches) {}

    @Function
    public static Size anEnum(Size p) {
        return p;
    }

    @Function
    public static Order aRecord(Order p) {
        return p;
    }

    @Function
    public static Optional<Integer> anOptional(Optional<Integer> p) {
        return p;
    }

    @Function
    public static OptionalInt anOptionalInt(OptionalInt p) {
        return p;
    }

    @Function
    public static Set<Size> aSet(Set<Size> p) {
        return p;
    }

    @Function
    public static float[] anArray(float[] p) {
        return p;
    }

    @Function
    public static Map<DayOfWeek, Byte> aMapOfEnums(Map<DayOfWeek, Byte> p) {
        return p;
    }

    @Function
    public static @Nullable String aNullableParameter(@Nullable String p) {
        return p;
    }

    /** Too many values for random ones to hit. */
    public static final class Texts {

        @Function
        public static List<Object> texts(Instant time, LocalDate date, Duration duration, UUID id, byte[] bytes) {
            return List.of(time, date, duration, id, bytes);
        }

        @Function
        public static Tree tree(Tree p) {
            return p;
        }

        private Texts() {}
    }

    private PluginSamples() {}
}
