package io.github.unloadcopy;

import com.amazon.redshift.core.BaseConnection;
import org.apache.nifi.processor.exception.ProcessException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The calls to clusters, S3, KMS and NiFi's state, some of which fail as a plan says. A call that fails on a connection breaks it, as it does when a network fails: the server rolls back. Calls of
 * one thread at a time only.
 */
public final class OutsideCalls {

    private static final int LONGEST_NAME = 60;
    private static final Set<String> METADATA_QUERIES = Set.of("getColumns", "getImportedKeys", "getExportedKeys");

    private Plan plan = (number, name) -> Fate.ANSWERED;
    private int number;
    private int openConnections;
    private String lastFailed;

    /** What becomes of a call. */
    public enum Fate {

        /** It reaches the other side, and so does the answer. */
        ANSWERED,

        /** It does not reach the other side. */
        NOT_MADE,

        /** It reaches the other side, and the answer is lost. */
        ANSWER_LOST
    }

    /** Decides what becomes of each call. */
    @FunctionalInterface
    public interface Plan {

        /**
         * @param number of the call, from 1 on
         * @param name what is called, and where
         */
        Fate fate(int number, String name);
    }

    /** A call as it is without anything between. */
    @FunctionalInterface
    public interface Call<T, E extends Exception> {

        T proceed() throws E;
    }

    /** Counts from 1 again, for another plan. */
    public void follow(final Plan next) {
        plan = next;
        number = 0;
        lastFailed = null;
    }

    /** How many calls there were since the plan was set. */
    public int count() {
        return number;
    }

    /** The last call that failed as planned; null when none did. */
    public String lastFailed() {
        return lastFailed;
    }

    /** Connections that were borrowed and not given back. */
    public int openConnections() {
        return openConnections;
    }

    /**
     * Makes a call, unless the plan keeps it from being made.
     *
     * @param failure what is thrown when the call fails, made from its lost answer; that is null when there is none
     */
    public <T, E extends Exception> T call(final String name, final Call<T, E> call, final Function<T, E> failure) throws E {
        number++;
        final Fate fate = plan.fate(number, name);

        if (fate == Fate.ANSWERED) {
            return call.proceed();
        }

        lastFailed = "call %d, %s, %s".formatted(number, name, fate);
        throw failure.apply(fate == Fate.NOT_MADE ? null : answer(call));
    }

    /** A refusal is an answer, too, and gets lost as well. */
    private static <T, E extends Exception> T answer(final Call<T, E> call) {
        try {
            return call.proceed();
        } catch (final Exception e) {
            return null;
        }
    }

    /** A connection of a pool, all of whose statements, and whose opening, are calls. */
    public Connection connection(final String cluster, final Call<Connection, ProcessException> pool) {
        final Connection opened = call("connection to " + cluster, pool, lost -> {
            close(lost);
            return new ProcessException("No connection to %s".formatted(cluster), new SQLException("The connection attempt failed.", "08001"));
        });
        openConnections++;
        return wrap(Connection.class, (method, arguments) -> switch (method.getName()) {
            case "createStatement" -> statement(Statement.class, cluster, opened, (Statement) invoke(opened, method, arguments), null);
            case "prepareStatement" -> statement(PreparedStatement.class, cluster, opened, (PreparedStatement) invoke(opened, method, arguments), (String) arguments[0]);
            case "getMetaData" -> metadata(cluster, opened, (DatabaseMetaData) invoke(opened, method, arguments));
            case "commit", "rollback" -> sql(method.getName().toUpperCase(Locale.ROOT), cluster, opened, () -> invoke(opened, method, arguments));
            case "close" -> {
                openConnections--;
                yield invoke(opened, method, arguments);
            }
            default -> invoke(opened, method, arguments);
        });
    }

    /** A client of S3, all of whose requests are calls. */
    public S3Client s3(final S3Client client) {
        return wrap(S3Client.class, (method, arguments) -> method.getName().equals("close") ? invoke(client, method, arguments)
                : call("S3 " + method.getName(), () -> invoke(client, method, arguments), lost -> {
                    if (lost instanceof final ResponseInputStream<?> stream) {
                        stream.abort();
                    }

                    return unreachable();
                }));
    }

    /** What the AWS SDK throws when it gets no answer. */
    public static SdkClientException unreachable() {
        return SdkClientException.create("Unable to execute HTTP request: Connection reset");
    }

    private <T extends Statement> T statement(final Class<T> type, final String cluster, final Connection connection, final T statement, final String prepared) {
        return wrap(type, (method, arguments) -> method.getName().startsWith("execute")
                ? sql(prepared == null ? (String) arguments[0] : prepared, cluster, connection, () -> invoke(statement, method, arguments))
                : invoke(statement, method, arguments));
    }

    private DatabaseMetaData metadata(final String cluster, final Connection connection, final DatabaseMetaData metadata) {
        return wrap(DatabaseMetaData.class, (method, arguments) -> METADATA_QUERIES.contains(method.getName())
                ? sql(method.getName(), cluster, connection, () -> invoke(metadata, method, arguments))
                : invoke(metadata, method, arguments));
    }

    private Object sql(final String sql, final String cluster, final Connection connection, final Call<Object, Exception> call) throws Exception {
        final String line = sql.strip().replaceAll("\\s+", " ");
        final String name = "SQL %s on %s".formatted(line.substring(0, Math.min(LONGEST_NAME, line.length())), cluster);
        return call(name, call, lost -> {
            cut(connection);
            return new SQLException("An I/O error occurred while sending to the backend.", "08006");
        });
    }

    /** Ends the session, and lets the pool find out that the connection is broken. */
    private static void cut(final Connection connection) {
        try {
            connection.unwrap(BaseConnection.class).close();
            connection.rollback();
            throw new AssertionError("The connection still works");
        } catch (final SQLException e) {
            // It is broken, as it should be.
        }
    }

    private static void close(final Connection connection) {
        if (connection == null) {
            return;
        }

        try {
            connection.close();
        } catch (final SQLException e) {
            throw new AssertionError("The connection was not closed", e);
        }
    }

    /** Default methods that take a builder as a lambda run on the wrapper, so that the call they end in is intercepted. */
    private static <T> T wrap(final Class<T> type, final Interceptor interceptor) {
        final InvocationHandler handler = (proxy, method, arguments) -> method.isDefault() && arguments != null && arguments[0] instanceof Consumer
                ? InvocationHandler.invokeDefault(proxy, method, arguments)
                : interceptor.intercept(method, arguments);
        return type.cast(Proxy.newProxyInstance(OutsideCalls.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object invoke(final Object real, final Method method, final Object[] arguments) throws Exception {
        try {
            return method.invoke(real, arguments);
        } catch (final InvocationTargetException e) {
            if (e.getCause() instanceof final Exception cause) {
                throw cause;
            }

            throw new AssertionError(e.getCause());
        }
    }

    @FunctionalInterface
    private interface Interceptor {

        Object intercept(Method method, Object[] arguments) throws Exception;
    }
}
