package dev.motorpool.function;

import dev.motorpool.json.JsonNumber;
import dev.motorpool.json.RawJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Functions with every type of parameter. */
public final class Samples {

    @Function(description = "int", workload = Workload.CPU)
    public static Object anInt(int p) {
        return p;
    }

    @Function(description = "int in a range", workload = Workload.CPU)
    public static Object aSmallInt(@Param(minimum = "-3", maximum = "92") int p) {
        return p;
    }

    @Function(description = "int with fractional bounds", workload = Workload.CPU)
    public static Object anIntBetween(@Param(minimum = "0.5", maximum = "7.5e0") Integer p) {
        return p;
    }

    @Function(description = "long", workload = Workload.CPU)
    public static Object aLong(long p) {
        return p;
    }

    @Function(description = "long from 0", workload = Workload.CPU)
    public static Object aNaturalLong(@Param(minimum = "0") Long p) {
        return p;
    }

    @Function(description = "double", workload = Workload.CPU)
    public static Object aDouble(double p) {
        return p;
    }

    @Function(description = "double in a range", workload = Workload.CPU)
    public static Object aSmallDouble(@Param(minimum = "-0.5", maximum = "35.0") Double p) {
        return p;
    }

    @Function(description = "boolean", workload = Workload.CPU)
    public static Object aBoolean(boolean p) {
        return p;
    }

    @Function(description = "String", workload = Workload.CPU)
    public static Object aString(String p) {
        return p;
    }

    @Function(description = "String of some length", workload = Workload.CPU)
    public static Object aShortString(@Param(minLength = 2, maxLength = 5) String p) {
        return p;
    }

    @Function(description = "BigInteger", workload = Workload.CPU)
    public static Object aBigInteger(BigInteger p) {
        return p;
    }

    @Function(description = "BigDecimal", workload = Workload.CPU)
    public static Object aBigDecimal(BigDecimal p) {
        return p;
    }

    @Function(description = "BigDecimal in a range", workload = Workload.CPU)
    public static Object aSmallBigDecimal(@Param(minimum = "-1e2", maximum = "100.50") BigDecimal p) {
        return p;
    }

    @Function(description = "JsonNumber", workload = Workload.CPU)
    public static Object aJsonNumber(JsonNumber p) {
        return p;
    }

    @Function(description = "RawJson", workload = Workload.CPU)
    public static Object aRawJson(RawJson p) {
        return p;
    }

    @Function(description = "Object", workload = Workload.CPU)
    public static Object anObject(@Param(defaultValue = "null") @Nullable Object p) {
        return p == null ? "none" : p;
    }

    @Function(description = "list of integers", workload = Workload.CPU)
    public static Object aListOfLongs(List<Long> p) {
        return p;
    }

    @Function(description = "list of lists", workload = Workload.CPU)
    public static Object aListOfLists(List<List<String>> p) {
        return p;
    }

    @Function(description = "map", workload = Workload.CPU)
    public static Object aMapOfBooleans(Map<String, Boolean> p) {
        return p;
    }

    @Function(description = "lists of maps of numbers", workload = Workload.CPU)
    public static Object aNest(List<? extends Map<String, JsonNumber>> p) {
        return p;
    }

    @Function(description = "String or null", workload = Workload.CPU)
    public static Object aNullable(@Param(defaultValue = "null", maxLength = 4) @Nullable String p) {
        return p == null ? "none" : p;
    }

    @Function(description = "list or null", workload = Workload.CPU)
    public static Object aNullableList(@Param(defaultValue = "null") @Nullable List<Integer> p) {
        return p == null ? "none" : p;
    }

    @Function(name = "many", description = "Several.", workload = Workload.IO)
    public static String many(
            CallContext context,
            @Param(description = "The first.") int first,
            @Param(defaultValue = "\"two\"") String second,
            @Param(name = "third-one", defaultValue = "[1, 2]") List<Integer> third) {
        return first + second + third + context.attempt();
    }

    @Function(description = "Takes a URL.", workload = Workload.IO)
    public static String visit(@Param(url = true, maxLength = 30) String url) {
        return url;
    }

    @Function(description = "Takes nothing.", workload = Workload.CPU)
    public static void nothing() {}

    @Function(description = "Throws.", workload = Workload.CPU)
    public static void throwing(CallContext context) throws Exception {
        throw new java.io.IOException("attempt " + context.attempt());
    }

    /** Is no function. */
    public static void other(java.util.Date date) {}

    private Samples() {}
}
