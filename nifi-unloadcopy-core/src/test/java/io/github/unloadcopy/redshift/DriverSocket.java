package io.github.unloadcopy.redshift;

import com.amazon.redshift.core.QueryExecutorBase;
import com.amazon.redshift.core.RedshiftStream;
import com.amazon.redshift.jdbc.RedshiftConnectionImpl;

import java.lang.reflect.Field;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;

/** The socket behind a connection of the driver, which does not expose it. */
final class DriverSocket {
    private DriverSocket() {
    }

    static Socket of(final Connection connection) throws SQLException, ReflectiveOperationException {
        final Field stream = QueryExecutorBase.class.getDeclaredField("pgStream");
        stream.setAccessible(true);
        return ((RedshiftStream) stream.get(connection.unwrap(RedshiftConnectionImpl.class).getQueryExecutor())).getSocket();
    }
}
