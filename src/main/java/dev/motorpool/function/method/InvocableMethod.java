package dev.motorpool.function.method;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.signature.TypeIndex;
import dev.motorpool.json.JsonCursor;
import dev.motorpool.json.JsonStrings;
import dev.motorpool.json.JsonWriter;
import dev.motorpool.json.RawJson;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The method behind a function, looked up when it is first called. Thread-safe. */
final class InvocableMethod {

    private static final List<Class<?>> PRIMITIVES = List.of(int.class, long.class, double.class, boolean.class);

    private final String className;
    private final String name;
    private final List<String> types;
    /** Place of the {@link CallContext} among the parameters, or -1. */
    private final int contextIndex;
    /** Both are made by whoever needs them first; to make one twice does no harm. */
    private volatile @Nullable Method found;

    private volatile @Nullable MethodHandle handle;

    /** The instance of a method that is not static. */
    private final @Nullable Object receiver;

    /** The context class loader of a plug-in's calls; null: the thread's own. */
    private final @Nullable ClassLoader loader;

    private InvocableMethod(
            String className,
            String name,
            List<String> types,
            @Nullable Object receiver,
            @Nullable ClassLoader loader) {
        this.className = className;
        this.name = name;
        this.types = types;
        this.receiver = receiver;
        this.loader = loader;
        this.contextIndex = types.indexOf(CallContext.class.getName());
    }

    static InvocableMethod of(Method method, @Nullable Object receiver, @Nullable ClassLoader loader) {
        List<String> types = new ArrayList<>();
        for (Class<?> type : method.getParameterTypes()) {
            types.add(type.getName());
        }
        InvocableMethod made =
                new InvocableMethod(method.getDeclaringClass().getName(), method.getName(), types, receiver, loader);
        method.trySetAccessible();
        made.found = method;
        return made;
    }

    void writeIndex(JsonWriter out) {
        out.beginArray().value(className).value(name);
        types.forEach(out::value);
        out.endArray();
    }

    static InvocableMethod read(RawJson entry) {
        JsonCursor cursor = new JsonCursor(entry);
        String className = JsonStrings.decode(TypeIndex.next(cursor));
        String name = JsonStrings.decode(TypeIndex.next(cursor));
        List<String> types = new ArrayList<>();
        while (cursor.next()) {
            types.add(JsonStrings.decode(cursor.value()));
        }
        return new InvocableMethod(className, name, types, null, null);
    }

    /** Place of the call context among the arguments of {@link #call}, or -1. */
    int contextIndex() {
        return contextIndex;
    }

    /** Calls the method; throws what it throws. */
    @Nullable
    Object call(@Nullable Object[] arguments) throws Throwable {
        return loader == null ? invoke(arguments) : callIn(loader, arguments);
    }

    /** Libraries of plug-ins find their services and resources by the thread's class loader. */
    private @Nullable Object callIn(ClassLoader plugin, @Nullable Object[] arguments) throws Throwable {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(plugin);
        try {
            return invoke(arguments);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private @Nullable Object invoke(@Nullable Object[] arguments) throws Throwable {
        // Reflection may go through a native frame, which would pin a virtual thread. A handle never does, but the
        // first one costs a fresh process several milliseconds.
        if (Thread.currentThread().isVirtual()) {
            return handle().invokeExact(arguments);
        }
        try {
            return method().invoke(receiver, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private MethodHandle handle() throws ReflectiveOperationException {
        MethodHandle made = handle;
        if (made == null) {
            MethodHandle unbound = MethodHandles.lookup().unreflect(method());
            made = (receiver == null ? unbound : unbound.bindTo(receiver))
                    .asSpreader(Object[].class, types.size())
                    .asType(MethodType.methodType(Object.class, Object[].class));
            handle = made;
        }
        return made;
    }

    private Method method() throws ReflectiveOperationException {
        Method method = found;
        if (method == null) {
            method = find();
            found = method;
        }
        return method;
    }

    private Method find() throws ReflectiveOperationException {
        Class<?>[] classes = new Class<?>[types.size()];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = type(types.get(i));
        }
        Method method = Class.forName(className).getDeclaredMethod(name, classes);
        method.trySetAccessible();
        return method;
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        for (Class<?> primitive : PRIMITIVES) {
            if (primitive.getName().equals(name)) {
                return primitive;
            }
        }
        return Class.forName(name);
    }
}
