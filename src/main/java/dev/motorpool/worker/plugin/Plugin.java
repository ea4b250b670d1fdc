package dev.motorpool.worker.plugin;

import dev.motorpool.function.CallContext;
import dev.motorpool.function.Function;
import dev.motorpool.function.Param;
import dev.motorpool.function.method.MethodFunction;
import dev.motorpool.function.method.MethodFunctions;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A loaded plug-in.
 *
 * @param functions sorted by name
 * @param resources the instances that want to be closed
 * @param warning what its author should know; null: nothing
 */
public record Plugin(
        List<MethodFunction> functions,
        List<AutoCloseable> resources,
        @Nullable String warning) {

    /** Beginning of the names of these classes, whose frames no traceback shows. */
    public static final String FRAMES = "dev.motorpool.worker.plugin.";

    /**
     * Loads a plug-in: initializes its classes with functions, and makes the instances.
     *
     * @throws LoadException if that is not possible, with a reason for its author
     */
    public static Plugin load(PluginFiles files) throws LoadException {
        try {
            return new Loading(files).load();
        } catch (Throwable fault) {
            // Code of the plug-in runs here: anything may come out of it, and the other plug-ins are still loaded.
            throw LoadException.of(fault);
        }
    }

    /** The state while a plug-in is loaded. */
    private static final class Loading {
        private final PluginFiles files;
        private final Map<String, MethodFunction> functions = new TreeMap<>();
        private final Map<String, String> places = new TreeMap<>();
        private final List<AutoCloseable> resources = new ArrayList<>();
        private @Nullable String warning;

        Loading(PluginFiles files) {
            this.files = files;
        }

        Plugin load() throws LoadException, IOException {
            List<String> classes = new ArrayList<>();
            for (Path jar : files.jars()) {
                try {
                    classes.addAll(FunctionClasses.in(jar));
                } catch (IOException unreadable) {
                    throw new LoadException(
                            "The jar " + jar.getFileName() + " cannot be read: " + unreadable.getMessage() + ".",
                            unreadable);
                }
            }
            // Stays open: classes are loaded from it when they are first used.
            PluginLoader loader = new PluginLoader(files.name(), files.jars());
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                for (String name : classes) {
                    add(load(name, loader));
                }
            } finally {
                thread.setContextClassLoader(before);
            }
            if (functions.isEmpty()) {
                warning = "It has no public method with @Function.";
            }
            return new Plugin(List.copyOf(functions.values()), List.copyOf(resources), warning);
        }

        private static Class<?> load(String name, ClassLoader loader) throws LoadException {
            try {
                return Class.forName(name, true, loader);
            } catch (ClassNotFoundException impossible) {
                throw new LoadException("The class " + name + " cannot be found.", impossible);
            } catch (ExceptionInInitializerError error) {
                Throwable thrown = error.getCause() == null ? error : error.getCause();
                throw new LoadException("The static initializer of " + name + " threw " + thrown, thrown);
            }
        }

        private void add(Class<?> type) throws LoadException {
            Object instance = needsInstance(type) ? instance(type) : null;
            if (instance instanceof AutoCloseable resource) {
                resources.add(resource);
            }
            for (MethodFunction function : MethodFunctions.ofPlugin(files.name(), type, instance)) {
                String name = function.definition().name();
                if (functions.put(name, function) != null) {
                    throw new LoadException(
                            "Two functions are named " + name + ": one in " + places.get(name) + " and one in "
                                    + type.getName() + ". Give one another name: @Function(name = \"...\").",
                            null);
                }
                places.put(name, type.getName());
            }
            for (Method method : type.getDeclaredMethods()) {
                if (warning == null && method.isAnnotationPresent(Function.class)) {
                    warning = nameless(method);
                }
            }
        }

        private static boolean needsInstance(Class<?> type) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Function.class) && !Modifier.isStatic(method.getModifiers())) {
                    return true;
                }
            }
            return false;
        }

        private static Object instance(Class<?> type) throws LoadException {
            Constructor<?> constructor;
            try {
                constructor = type.getConstructor();
            } catch (NoSuchMethodException none) {
                throw unfit(type);
            }
            if (!Modifier.isPublic(type.getModifiers()) || Modifier.isAbstract(type.getModifiers())) {
                throw unfit(type);
            }
            try {
                return constructor.newInstance();
            } catch (InvocationTargetException e) {
                Throwable thrown = e.getCause() == null ? e : e.getCause();
                throw new LoadException("The constructor of " + type.getName() + " threw " + thrown, thrown);
            } catch (ReflectiveOperationException e) {
                throw new LoadException("The class " + type.getName() + " cannot be instantiated: " + e, e);
            }
        }

        private static LoadException unfit(Class<?> type) {
            return new LoadException(
                    "The class " + type.getName() + " has a function that is not static, so it must be public, not"
                            + " abstract, and have a public constructor without parameters.",
                    null);
        }

        private static @Nullable String nameless(Method method) {
            for (Parameter parameter : method.getParameters()) {
                Param param = parameter.getAnnotation(Param.class);
                boolean named = parameter.isNamePresent()
                        || (param != null && !param.name().isEmpty());
                if (!named && parameter.getType() != CallContext.class) {
                    return "The names of parameters are missing, such as those of "
                            + method.getDeclaringClass().getName() + "." + method.getName()
                            + ". Compile with -parameters.";
                }
            }
            return null;
        }
    }
}
