package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.SQLException;

/** Where connections to a cluster come from. */
@FunctionalInterface
public interface ConnectionSource {
    /**
     * Opens a connection, or borrows one from a pool; the caller closes it.
     *
     * @return a connection in autocommit mode
     * @throws SQLException when the cluster cannot be reached or refuses the login
     */
    Connection open() throws SQLException;
}
