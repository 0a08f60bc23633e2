package io.github.unloadcopy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/** Puts failures between the code under test and the real thing behind an interface. */
public final class Intercepted {
    private Intercepted() {
    }

    /**
     * Wraps an object. Default methods that take a builder as a lambda run on the wrapper, so that the call they end in is intercepted as well.
     *
     * @param type the interface
     * @param real the real thing
     * @param interceptor asked for every other call
     * @return the wrapper
     */
    public static <T> T of(final Class<T> type, final T real, final Interceptor interceptor) {
        final InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.isDefault() && arguments != null && arguments[0] instanceof Consumer) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
            }

            try {
                return interceptor.call(method.getName(), arguments, () -> method.invoke(real, arguments));
            } catch (final InvocationTargetException e) {
                throw e.getCause();
            }
        };

        return type.cast(Proxy.newProxyInstance(Intercepted.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** Stands between. */
    @FunctionalInterface
    public interface Interceptor {
        /**
         * Answers a call.
         *
         * @param method name of the method
         * @param arguments its arguments; null when it has none
         * @param real the call to the real thing
         * @return what the caller gets
         * @throws Exception what the caller gets instead
         */
        Object call(String method, Object[] arguments, RealCall real) throws Exception;
    }

    /** The call as it would be without anything between. */
    @FunctionalInterface
    public interface RealCall {
        Object proceed() throws Exception;
    }
}
