package io.github.unloadcopy.sandbox.redshift;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** Tests on the cluster that all test classes share, each over a connection of its own. */
abstract class ClusterTest {

    static TestCluster cluster;
    static String bucket;

    Connection connection;

    @BeforeAll
    static void findCluster() throws IOException {
        cluster = TestCluster.get();
        bucket = cluster.bucket();
    }

    @BeforeEach
    void connect() throws SQLException {
        connection = cluster.connect();
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }
}
