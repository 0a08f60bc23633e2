package io.github.unloadcopy.sandbox.redshift;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The setting extra_float_digits: what it lets through of numbers, in results and in files. */
class FloatDigitsIT extends ClusterTest {

    private final String table = "d_" + UUID.randomUUID().toString().replace("-", "");

    @BeforeEach
    void prepare() throws SQLException {
        // The double next to 0.3, and a REAL that needs nine digits.
        Rows.execute(connection, "CREATE TABLE " + table + " (d double precision, r real)", "INSERT INTO " + table + " VALUES (0.30000000000000004, 14293.6455), ('-0', '-Infinity')");
    }

    @ParameterizedTest
    @CsvSource({"0, 0.3, 14293.6", "-2, 0.3, 1.429e+04", "1, 0.30000000000000004, 14293.65", "2, 0.30000000000000004, 14293.646"})
    void resultsAndFilesObeyIt(final String digits, final String precise, final String single) throws SQLException {
        Rows.execute(connection, "SET extra_float_digits TO " + digits);
        assertEquals(digits, Rows.value(connection, "SHOW extra_float_digits"));
        assertEquals(List.of(List.of(precise, single), List.of("-0", "-Infinity")), Rows.of(connection, "SELECT d::varchar, r::varchar FROM " + table + " ORDER BY d DESC"));
        for (final String format : List.of("DELIMITER ','", "CSV")) {
            Rows.execute(connection, unload(format + " PARALLEL OFF"));
            assertEquals(precise + "," + single + "\n-0,-Infinity\n", cluster.s3().getObjectAsBytes(request -> request.bucket(bucket).key(table + "/000")).asUtf8String());
        }
    }

    /** 8589973504 and 8.589973e9 differ in the ninth digit. */
    @Test
    void twoIsNotEnoughForReal() throws SQLException {
        Rows.execute(connection, "SET extra_float_digits TO 2", "CREATE TABLE " + table + "_back (LIKE " + table + ")", unload("DELIMITER ',' MANIFEST"),
                "COPY " + table + "_back FROM 's3://" + bucket + "/" + table + "/manifest' IAM_ROLE default DELIMITER ',' MANIFEST");

        assertEquals(List.of(List.of("t", "t"), List.of("t", "f")),
                Rows.of(connection, "SELECT a.d = b.d, a.r = b.r FROM " + table + " a JOIN " + table + "_back b ON a.d = b.d ORDER BY a.d"));
    }

    @Test
    void parquetKeepsTheBits() throws SQLException {
        connection.setAutoCommit(false);
        Rows.execute(connection, "SET extra_float_digits TO -3", "CREATE TABLE " + table + "_back (LIKE " + table + ")", unload("FORMAT AS PARQUET MANIFEST"),
                "COPY " + table + "_back FROM 's3://" + bucket + "/" + table + "/manifest' IAM_ROLE default FORMAT AS PARQUET MANIFEST");

        assertEquals("-3", Rows.value(connection, "SHOW extra_float_digits"));
        assertEquals("0", Rows.value(connection, "SELECT count(*) FROM (TABLE " + table + " EXCEPT ALL TABLE " + table + "_back) x"));
        connection.rollback();
    }

    /** Only the query itself makes text of numbers there. */
    @Test
    void castsInParquetObeyIt() throws SQLException {
        Rows.execute(connection, "SET extra_float_digits TO 0", "CREATE TABLE " + table + "_text (d varchar, e double precision)",
                "UNLOAD ('SELECT d::varchar AS words, d FROM " + table + " WHERE r > 0') TO 's3://" + bucket + "/" + table + "/' IAM_ROLE default FORMAT AS PARQUET MANIFEST",
                "COPY " + table + "_text FROM 's3://" + bucket + "/" + table + "/manifest' IAM_ROLE default FORMAT AS PARQUET MANIFEST", "SET extra_float_digits TO 2");

        assertEquals(List.of(List.of("0.3", "0.30000000000000004")), Rows.of(connection, "SELECT d, e::varchar FROM " + table + "_text"));
    }

    /** As on a cluster where the setting does not reach what reads tables. */
    @Test
    void columnsDoNotObeyItWhereThatIsChosen() throws Exception {
        final String probe = "SELECT count(*) FROM " + table + " WHERE d::varchar::float8 <> d";
        final String values = "SELECT d, r FROM " + table + " WHERE r > 0";
        Rows.execute(connection, "SET extra_float_digits TO 2");
        assertEquals("0", Rows.value(connection, probe));
        cluster.cluster().setExtraFloatDigits(false);
        try {
            assertEquals("1", Rows.value(connection, probe));
            assertEquals("2", Rows.value(connection, "SHOW extra_float_digits"));
            assertEquals("0.30000000000000004", Rows.value(connection, "SELECT 0.30000000000000004::float8::varchar"));
            Rows.execute(connection, "CREATE TABLE " + table + "_text AS " + values.replace("d, r", "d::varchar || r AS both_of_them"));
            assertEquals("0.314293.6", Rows.value(connection, "SELECT both_of_them FROM " + table + "_text"));
            try (PreparedStatement prepared = connection.prepareStatement(values.replace("d, r", "d::varchar") + " AND r < ?")) {
                prepared.setInt(1, 1_000_000);
                try (ResultSet result = prepared.executeQuery()) {
                    result.next();
                    assertEquals("0.3", result.getString(1));
                }
            }

            Rows.execute(connection, unload("CSV PARALLEL OFF"));
            assertEquals("0.3,14293.6\n-0,-Infinity\n", cluster.s3().getObjectAsBytes(request -> request.bucket(bucket).key(table + "/000")).asUtf8String());
            parquetKeepsTheBits();
        } finally {
            cluster.cluster().setExtraFloatDigits(true);
        }

        connection.setAutoCommit(true);
        assertEquals("0", Rows.value(connection, probe));
    }

    @ParameterizedTest
    @CsvSource({"SET extra_float_digits TO 3, 3", "SET LOCAL extra_float_digits = '-16', -16", "SET SESSION extra_float_digits TO 100, 100"})
    void valuesOutOfRangeAreRefused(final String sql, final String value) {
        final SQLException refusal = assertThrows(SQLException.class, () -> Rows.execute(connection, sql));

        assertEquals("22023", refusal.getSQLState());
        assertEquals("ERROR: " + value + " is outside the valid range for parameter \"extra_float_digits\" (-15 .. 2)", refusal.getMessage());
    }

    @Test
    void localEndsWithTheTransaction() throws SQLException {
        connection.setAutoCommit(false);
        Rows.execute(connection, "SET extra_float_digits TO 1");
        connection.commit();
        Rows.execute(connection, "SET LOCAL extra_float_digits TO -1");
        assertEquals("-1", Rows.value(connection, "SHOW extra_float_digits"));
        connection.commit();
        assertEquals("1", Rows.value(connection, "SHOW extra_float_digits"));
        connection.rollback();
    }

    private String unload(final String options) {
        return "UNLOAD ('SELECT d, r FROM " + table + " ORDER BY d DESC') TO 's3://" + bucket + "/" + table + "/' IAM_ROLE default ALLOWOVERWRITE " + options;
    }
}
