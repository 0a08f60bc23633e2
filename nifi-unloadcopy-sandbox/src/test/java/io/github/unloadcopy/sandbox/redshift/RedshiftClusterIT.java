package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RedshiftClusterIT {

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = TestCluster.get();
    }

    @Test
    void thin() throws SQLException {
        final String bucket = cluster.bucket();
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            System.err.println(connection.getMetaData().getDatabaseProductName() + " " + connection.getMetaData().getDatabaseProductVersion());
            statement.execute("CREATE TABLE thin (a int, b varchar(100))");
            statement.execute("INSERT INTO thin SELECT i, 'value ' || i FROM generate_series(1, 1000) i");
            statement.execute("UNLOAD ('SELECT \"a\", \"b\" FROM \"public\".\"thin\"') TO 's3://" + bucket + "/p/' IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn()
                    + "' MANIFEST VERBOSE GZIP DELIMITER '^' ADDQUOTES ESCAPE NULL AS 'NULL_ab' ALLOWOVERWRITE REGION 'us-east-1'");
            System.err.println(statement.getWarnings());
            System.err.println(cluster.s3().listObjectsV2(request -> request.bucket(bucket)).contents());
            System.err.println(cluster.s3().getObjectAsBytes(request -> request.bucket(bucket).key("p/manifest")).asUtf8String());
            connection.setAutoCommit(false);
            statement.execute("CREATE TABLE thin2 (a int, b varchar(100))");
            statement.execute("COPY \"public\".\"thin2\" (\"a\", \"b\") FROM 's3://" + bucket + "/p/manifest' IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn()
                    + "' MANIFEST GZIP DELIMITER '^' REMOVEQUOTES ESCAPE NULL AS 'NULL_ab' DATEFORMAT 'auto' TIMEFORMAT 'auto' COMPUPDATE OFF REGION 'us-east-1'");
            try (ResultSet result = statement.executeQuery("SELECT count(*), sum(a), pg_last_copy_count(), pg_last_unload_count() FROM thin2")) {
                assertTrue(result.next());
                assertEquals(1000, result.getInt(1));
                assertEquals(500500, result.getInt(2));
                assertEquals(1000, result.getInt(3));
                assertEquals(1000, result.getInt(4));
            }
            connection.rollback();
            try (ResultSet tables = connection.getMetaData().getTables(null, "public", "thin%", null)) {
                assertTrue(tables.next());
                assertFalse(tables.next());
            }
        }
    }
}
