package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Text files, against DuckDB's reader and writer of CSV.
 */
class TextOracleIT extends ClusterTest {

    private static final String ROLE = " IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "' ";
    private static final String SOURCE = "SELECT i AS id, i * 922337203685477 AS b, (i * 12345 - 50000000) / 100.0 AS n, i %% 2 = 0 AS f, CASE WHEN i %% 7 = 0 THEN NULL WHEN i %% 11 = 0 THEN '' "
            + "ELSE %s || i END AS v, date '1970-01-01' + i AS day FROM %s";
    private static final String PLAIN_TEXT = "'a b;é€'";
    private static final String HARD_TEXT = "'say \"x\", | ' || chr(92) || chr(10) || chr(13) || chr(9) || 'é€'";
    private static final String COLUMNS = " (id int, b bigint, n numeric(18,2), f boolean, v varchar(100), day date)";
    private static final String DUCKDB_COLUMNS = "columns = {'id': 'INT', 'b': 'BIGINT', 'n': 'DECIMAL(18,2)', 'f': 'BOOLEAN', 'v': 'VARCHAR', 'day': 'DATE'}";
    private static final String VALUES = "SELECT id::text, b::text, n::text, f::text, v, day::text FROM ";

    @TempDir
    private static Path folder;

    private final String table = "t_" + UUID.randomUUID().toString().replace("-", "");
    private final String prefix = UUID.randomUUID() + "/part-";
    private Oracle oracle;

    @BeforeEach
    void prepare() throws SQLException {
        oracle = new Oracle(cluster.s3(), bucket, folder);
    }

    @AfterEach
    void closeOracle() throws SQLException {
        oracle.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '#', textBlock = """
            NULL AS '<null>'                            ; delim = '|', quote = '', escape = ''
            NULL AS '<null>' DELIMITER ','  GZIP        ; delim = ',', quote = '', escape = '', compression = 'gzip'
            NULL AS '<null>' ADDQUOTES                  ; delim = '|', quote = '"', escape = ''
            NULL AS '<null>' ZSTD                       ; delim = '|', quote = '', escape = '', compression = 'zstd'
            NULL AS '<null>' CSV                        ; delim = ',', quote = '"', escape = '"'
            NULL AS '<null>' CSV DELIMITER '|' GZIP     ; delim = '|', quote = '"', escape = '"', compression = 'gzip'
            """)
    void duckDbReadsWhatUnloadWrites(final String options, final String dialect) throws SQLException, IOException {
        final String text = options.contains("CSV") ? HARD_TEXT : PLAIN_TEXT;
        Rows.execute(connection, "CREATE TABLE " + table + COLUMNS, "INSERT INTO " + table + ' ' + String.format(SOURCE, text, "generate_series(0, 9999) i"),
                "UNLOAD ('SELECT * FROM " + table + "') TO 's3://" + bucket + '/' + prefix + "'" + ROLE + options);

        // Quotes around the string for NULL make it no NULL for DuckDB.
        final String read = "(SELECT id, b, n, f, nullif(v, '<null>') AS v, day FROM read_csv('" + oracle.fetch(prefix) + "/*', header = false, nullstr = '<null>', " + dialect + ", "
                + DUCKDB_COLUMNS + "))";
        assertEquals(Rows.of(connection, VALUES + table + " ORDER BY id + 0"), oracle.rows(VALUES + read + " ORDER BY id + 0"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '#', textBlock = """
            FORMAT csv, NULL '<null>', HEADER false                               ; CSV NULL AS '<null>'
            FORMAT csv, NULL '<null>', HEADER, FORCE_QUOTE *, COMPRESSION gzip    ; CSV NULL AS '<null>' IGNOREHEADER 1 GZIP
            FORMAT csv, NULL '<null>', HEADER false, DELIMITER '|', QUOTE '%', ESCAPE '%' ; CSV QUOTE '%' DELIMITER '|' NULL AS '<null>'
            """)
    void copyReadsWhatDuckDbWrites(final String dialect, final String options) throws SQLException, IOException {
        oracle.execute("CREATE TABLE t AS SELECT id::int AS id, b::bigint AS b, n::decimal(18,2) AS n, f, v, day::date AS day FROM ("
                + String.format(SOURCE, HARD_TEXT, "(SELECT range::int AS i FROM range(10000))") + ")");
        oracle.write("FROM t", dialect, prefix + "1");
        Rows.execute(connection, "CREATE TABLE " + table + COLUMNS, "COPY " + table + " FROM 's3://" + bucket + '/' + prefix + "'" + ROLE + options);

        assertEquals(oracle.rows(VALUES + "t ORDER BY id + 0"), Rows.of(connection, VALUES + table + " ORDER BY id + 0"));
    }
}
