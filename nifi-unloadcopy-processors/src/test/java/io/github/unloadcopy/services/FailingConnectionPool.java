package io.github.unloadcopy.services;

import io.github.unloadcopy.OutsideCalls;
import org.apache.nifi.processor.exception.ProcessException;

import java.sql.Connection;
import java.util.Map;

/** The pool of one cluster, with its real connections, some of whose calls fail as planned. */
public class FailingConnectionPool extends RedshiftConnectionPool {

    private final OutsideCalls calls;
    private final String cluster;

    public FailingConnectionPool(final OutsideCalls calls, final String cluster) {
        this.calls = calls;
        this.cluster = cluster;
    }

    @Override
    public Connection getConnection(final Map<String, String> attributes) throws ProcessException {
        return calls.connection(cluster, () -> super.getConnection(attributes));
    }
}
