package io.github.unloadcopy.sandbox.redshift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * UNLOAD and COPY of Parquet, against DuckDB.
 */
class ParquetIT extends ClusterTest {

    private static final String ROLE = " IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "'";
    private static final String PARQUET = ROLE + " FORMAT AS PARQUET";
    private static final String ALL_TYPES = "(id int, s smallint, b bigint, n9 numeric(9,2), n18 numeric(18,0), n38 numeric(38,10), r real, d double precision, f boolean, c char(5), "
            + "v varchar(max), day date, ts timestamp, tz timestamptz, t time, tt timetz, j super)";
    private static final List<String> HARD_ROWS = List.of(
            "1, -32768, -9223372036854775808, -9999999.99, -999999999999999999, -9999999999999999999999999999.9999999999, '-3.4028235e38', '-1.7976931348623157e308', false, '', '', "
                    + "'0001-01-01', '0001-01-01 00:00:00', '1900-01-01 00:00:00-05', '00:00:00', '00:00:00+12', 'null'",
            "2, 32767, 9223372036854775807, 9999999.99, 999999999999999999, 9999999999999999999999999999.9999999999, '3.4028235e38', '1.7976931348623157e308', true, 'abcde', "
                    + "'\\\\ \\n \\t \\r | , \" '' é€𝄞 \\\\N', '9999-12-31', '9999-12-31 23:59:59.999999', '9999-12-31 10:00:00.5+02', '23:59:59.999999', '23:59:59.999999-12:30', "
                    + "'{\"a\": [1, 2.50, \"x\\\\ny\", null, true], \"b\": {}}'",
            "3, 0, 0, 0.01, 0, 0.0000000001, 'NaN', 'NaN', null, 'x', '\\\\N', '1970-01-01', '1969-12-31 23:59:59.999999', '1970-01-01 00:00:00+00', '12:34:56.7', '12:34:56+01', '\"text\"'",
            "4, 7, 8, -0.01, -1, -0.0000000001, '-Infinity', 'Infinity', true, ' a ', ' ', '1582-10-15', '1582-10-04 12:00:00', '2026-11-22 10:00:00.000001+05:30', '00:00:00.000001', "
                    + "'00:00:00+00', '[]'",
            "5, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null");

    @TempDir
    private static Path folder;

    private final String table = "t_" + UUID.randomUUID().toString().replace("-", "");
    private final String copy = table + "_copy";
    private final String prefix = "path/" + UUID.randomUUID() + "/part-";
    private final String location = "'s3://" + "%s/" + prefix + "'";
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
    @ValueSource(strings = {"", " PARALLEL OFF"})
    void everyValueIsWhatDuckDbReadsAndComesBack(final String option) throws SQLException, IOException {
        createAllTypes();
        Rows.execute(connection, "SET TimeZone = 'Asia/Tokyo'", "UNLOAD ('SELECT * FROM " + table + " ORDER BY id') TO " + here() + PARQUET + option);
        assertEquals(Integer.toString(HARD_ROWS.size()), Rows.value(connection, "SELECT pg_last_unload_count()"));

        final String files = oracle.fetch(prefix);
        Rows.execute(connection, "SET TimeZone = 'UTC'");
        assertEquals(
                Rows.of(connection, "SELECT id::text, s::text, b::text, n9::text, n18::text, n38::text, r::float8 = 'NaN', d = 'NaN', f::text, c::text, v, day::text, ts::text, "
                        + "(tz AT TIME ZONE 'UTC')::text, t::text, (tt AT TIME ZONE 'UTC')::time::text, j::text FROM " + table + " ORDER BY id").stream().map(ParquetIT::booleans).toList(),
                oracle.rows("SELECT id::text, s::text, b::text, n9::text, n18::text, n38::text, isnan(r), isnan(d), f::text, rtrim(c), v, day::text, ts::text, tz::text, "
                        + "t::text, tt::time::text, j::text FROM '" + files + "/*.parquet' ORDER BY id").stream().map(ParquetIT::booleans).toList());
        assertEquals(List.of(List.of("0")), oracle.rows("SELECT count(*) FROM '" + files + "/*.parquet' WHERE NOT (id = 1 AND r = -3.4028235e38::float AND d = -1.7976931348623157e308 "
                + "OR id = 2 AND r = 3.4028235e38::float AND d = 1.7976931348623157e308 OR id = 3 OR id = 4 AND r = '-infinity' AND d = 'infinity' OR id = 5 AND r IS NULL AND d IS NULL)"));

        Rows.execute(connection, "CREATE TABLE " + copy + ALL_TYPES, "SET TimeZone = 'America/New_York'", "COPY " + copy + " FROM " + here() + PARQUET + " SERIALIZETOJSON");
        assertEquals(Integer.toString(HARD_ROWS.size()), Rows.value(connection, "SELECT pg_last_copy_count()"));
        assertEquals(List.of(), differences("id, s, b, n9, n18, n38, r, d, f, c, v, day, ts, tz, t, tt AT TIME ZONE 'UTC', j"));
    }

    /** The drivers' words for booleans differ. */
    private static List<String> booleans(final List<String> row) {
        return row.stream().map(value -> "t".equals(value) ? "true" : "f".equals(value) ? "false" : value).toList();
    }

    private void createAllTypes() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + ALL_TYPES);
        for (final String row : HARD_ROWS) {
            Rows.execute(connection, "INSERT INTO " + table + " VALUES (" + row + ")");
        }
    }

    private List<List<String>> differences(final String columns) throws SQLException {
        final String source = "SELECT " + columns + " FROM " + table;
        final String target = "SELECT " + columns + " FROM " + copy;
        return Rows.of(connection, "(" + source + " EXCEPT ALL " + target + ") UNION ALL (" + target + " EXCEPT ALL " + source + ")");
    }

    private String here() {
        return String.format(location, bucket);
    }

    private List<String> keys() {
        return cluster.s3().listObjectsV2(request -> request.bucket(bucket).prefix(prefix)).contents().stream().map(S3Object::key).map(key -> key.substring(prefix.length())).toList();
    }

    @Test
    void datesBeforeChristComeBack() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (d date, ts timestamp)", "CREATE TABLE " + copy + " (d date, ts timestamp)",
                "INSERT INTO " + table + " VALUES ('0044-03-15 BC', '4713-01-01 12:00:00.5 BC'), ('0001-12-31 BC', '0001-12-31 23:59:59 BC')",
                "UNLOAD ('SELECT * FROM " + table + "') TO " + here() + PARQUET, "COPY " + copy + " FROM " + here() + PARQUET);

        assertEquals(List.of(), differences("d, ts"));
    }

    @Test
    void fileAndColumnsAreOfTheKindsThatRedshiftWrites() throws SQLException, IOException {
        createAllTypes();
        Rows.execute(connection, "UNLOAD ('SELECT * FROM " + table + "') TO " + here() + PARQUET + " PARALLEL OFF MANIFEST VERBOSE");

        assertEquals(List.of("000.parquet", "manifest"), keys());
        final String file = oracle.fetch(prefix) + "/000.parquet";
        assertEquals(List.of("INT32", "INT32", "INT64", "FIXED_LEN_BYTE_ARRAY 4", "FIXED_LEN_BYTE_ARRAY 8", "FIXED_LEN_BYTE_ARRAY 16", "FLOAT", "DOUBLE", "BOOLEAN", "BYTE_ARRAY",
                "BYTE_ARRAY", "INT32", "INT96", "INT96", "INT64", "INT64", "BYTE_ARRAY"),
                oracle.rows("SELECT type || coalesce(' ' || nullif(type_length, '0')::text, '') FROM parquet_schema('" + file + "') WHERE num_children IS NULL").stream().map(row -> row.get(0))
                        .toList());
        assertEquals(List.of(List.of("OPTIONAL")), oracle.rows("SELECT DISTINCT repetition_type FROM parquet_schema('" + file + "') WHERE num_children IS NULL"));
        assertEquals(List.of(List.of("SNAPPY")), oracle.rows("SELECT DISTINCT compression FROM parquet_metadata('" + file + "')"));
        assertEquals(List.of(List.of("1")), oracle.rows("SELECT format_version FROM parquet_file_metadata('" + file + "')"));
        assertEquals(List.of(List.of("parquet")), Rows.of(connection, "SELECT trim(file_format) FROM sys_unload_history ORDER BY query_id DESC LIMIT 1"));

        final JsonNode manifest = new ObjectMapper().readTree(cluster.s3().getObjectAsBytes(request -> request.bucket(bucket).key(prefix + "manifest")).asByteArray());
        assertEquals(HARD_ROWS.size(), manifest.at("/entries/0/meta/record_count").asInt());
        assertEquals(Files.size(Path.of(file)), manifest.at("/entries/0/meta/content_length").asLong());
        assertEquals("/" + prefix + "000.parquet", URI.create(manifest.at("/entries/0/url").asText()).getPath());
        assertEquals("{\"name\":\"n38\",\"type\":{\"base\":\"numeric\",\"precision\":38,\"scale\":10}}", manifest.at("/schema/elements/5").toString());
        Rows.execute(connection, "CREATE TABLE " + copy + ALL_TYPES, "COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + "manifest'" + PARQUET + " MANIFEST SERIALIZETOJSON");
        assertEquals(HARD_ROWS.size(), Rows.count(connection, copy));
    }

    @Test
    void rowsGoToTheSlicesAndFilesAreEncrypted() throws SQLException {
        final String key = cluster.cloud().kmsClient().createKey().keyMetadata().arn();
        Rows.execute(connection, "UNLOAD ('SELECT i, repeat(''x'', 100) AS x FROM generate_series(1, 10000) i') TO " + here() + PARQUET + " KMS_KEY_ID '" + key + "' ENCRYPTED",
                "CREATE TABLE " + table + " (i int, x varchar(100))", "COPY " + table + " FROM " + here() + PARQUET);

        assertEquals(List.of("0000_part_00.parquet", "0001_part_00.parquet"), keys());
        assertEquals(ServerSideEncryption.AWS_KMS, cluster.s3().headObject(request -> request.bucket(bucket).key(prefix + "0000_part_00.parquet")).serverSideEncryption());
        assertEquals(List.of(List.of("10000", "50005000", "1000000")), Rows.of(connection, "SELECT count(*), sum(i), sum(length(x)) FROM " + table));
    }

    @Test
    void largeFilesHaveSeveralRowGroupsAndAreSplit() throws SQLException, IOException {
        // Hexadecimal digits of a hash: Snappy leaves about three quarters of them, and no dictionary fits.
        Rows.execute(connection, "CREATE TABLE " + table + " (i int, x varchar(1100))",
                "INSERT INTO " + table + " SELECT i, (SELECT string_agg(md5((i * 40 + k)::text), '') FROM generate_series(1, 34) k) FROM generate_series(1, 110000) i",
                "UNLOAD ('SELECT * FROM " + table + "') TO " + here() + PARQUET + " PARALLEL OFF MAXFILESIZE 90 MB ROWGROUPSIZE 32 MB");

        assertEquals(List.of("000.parquet", "001.parquet"), keys());
        final String files = oracle.fetch(prefix);
        final List<List<String>> groups = oracle.rows("SELECT num_row_groups FROM parquet_file_metadata('" + files + "/*.parquet') ORDER BY file_name");
        assertTrue(Integer.parseInt(groups.get(0).get(0)) == 2, groups.toString());
        assertEquals(Rows.of(connection, "SELECT count(*)::text, sum(i)::text, md5(string_agg(md5(x), '' ORDER BY i)) FROM " + table),
                oracle.rows("SELECT count(*)::text, sum(i)::text, md5(string_agg(md5(x), '' ORDER BY i)) FROM '" + files + "/*.parquet'"));

        Rows.execute(connection, "CREATE TABLE " + copy + " (i int, x varchar(1100))", "COPY " + copy + " FROM " + here() + PARQUET);
        assertEquals(List.of(), differences("i, x"));
    }

    @Test
    void partitionsAreFoldersThatDuckDbReads() throws SQLException, IOException {
        Rows.execute(connection, "UNLOAD ('SELECT i, i % 3 AS p, i * 2 AS d FROM generate_series(1, 1000) i') TO " + here() + PARQUET + " PARTITION BY (p)");

        assertEquals(List.of("/p=0/0000_part_00.parquet", "/p=0/0001_part_00.parquet", "/p=1/0000_part_00.parquet", "/p=1/0001_part_00.parquet", "/p=2/0000_part_00.parquet",
                "/p=2/0001_part_00.parquet"), keys());
        assertEquals(List.of(List.of("334", "167167", "334334")), oracle.rows("SELECT count(*)::text, sum(i)::text, sum(d)::text FROM '" + oracle.fetch(prefix + "/p=1/") + "/*.parquet'"));
    }

    @Test
    void noRowsAreNoFiles() throws SQLException {
        Rows.execute(connection, "UNLOAD ('SELECT 1 AS a WHERE false') TO " + here() + PARQUET + " MANIFEST");

        assertEquals(List.of(), keys());
        assertEquals("0", Rows.value(connection, "SELECT pg_last_unload_count()"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '#', textBlock = """
            SELECT 1 AS a, 2 AS a                   | two columns named "a"
            SELECT ln(1.5) AS s                     | cast it to DECIMAL(precision, scale)
            SELECT decode(''00'', ''hex'') AS b       | column "b" is of type VARBYTE
            SELECT interval ''1 day'' AS i          | the type of column "i" is not supported
            SELECT cast(''NaN'' AS numeric(5,2)) AS n | NaN and infinities cannot be unloaded as DECIMAL
            SELECT cast(''infinity'' AS date) AS d  | infinity is no date or timestamp
            """)
    void whatCannotBeWrittenIsRefusedByName(final String query, final String message) {
        assertTrue(refusal("UNLOAD ('" + query + "') TO " + here() + PARQUET).contains(message));
        assertEquals(List.of(), keys());
    }

    /** Pages SUM, AVG and "Computations with numeric values"; the sum of BIGINT is DECIMAL(38,0) on a cluster, whatever the page SUM says. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sum(s)                                         | BIGINT        | 3
            sum(b)                                         | DECIMAL(38,0) | 10000000000
            sum(m)                                         | DECIMAL(38,2) | 3.75
            avg(s)                                         | BIGINT        | 1
            avg(b)                                         | BIGINT        | 5000000000
            avg(-i)                                        | BIGINT        | -3
            avg(m)                                         | DECIMAL(38,2) | 1.87
            avg(s::float)                                  | DOUBLE        | 1.5
            round(avg(CAST(m AS decimal(13, 3))), 2)       | DECIMAL(38,3) | 1.880
            sum(r)                                         | DOUBLE        | 0.75
            stddev_samp(i)                                 | DOUBLE        | 0.7071067811865476
            max(m) - min(m)                                | DECIMAL(13,2) | 1.25
            sum(m * 1.5)                                   | DECIMAL(38,3) | 5.625
            sum(m * i)                                     | DECIMAL(38,2) | 13.75
            max(m / 3)                                     | DECIMAL(23,13) | 0.8333333333333
            max(coalesce(m, 0))                            | DECIMAL(12,2) | 2.50
            max(CASE WHEN i > 0 THEN m * m ELSE NULL END)  | DECIMAL(25,4) | 6.2500
            sum(b) / count(*)                              | DECIMAL(38,4) | 5000000000.0000
            (SELECT avg(m) FROM %s)                        | DECIMAL(38,2) | 1.87
            sum(CASE WHEN i > 100 THEN m END)              | DECIMAL(38,2) |
            """)
    void computedColumnsHaveRedshiftsTypes(final String expression, final String type, final String value) throws SQLException, IOException {
        Rows.execute(connection, "CREATE TABLE " + table + " (s smallint, i int, b bigint, m decimal(12,2), r real)",
                "INSERT INTO " + table + " VALUES (1, 3, 5000000000, 1.25, 0.5), (2, 4, 5000000000, 2.5, 0.25)", "SET enable_case_sensitive_identifier TO true");
        final String selected = expression.formatted(table);
        for (final String query : List.of("SELECT " + selected + " AS v FROM " + table,
                "WITH a AS (SELECT " + selected + " AS \"V\" FROM " + table + ") SELECT * FROM (SELECT \"V\" AS v FROM a UNION ALL SELECT \"V\" FROM a WHERE false)")) {
            Rows.execute(connection, "UNLOAD ('" + query + "') TO " + here() + PARQUET + " ALLOWOVERWRITE PARALLEL OFF");
            assertEquals(List.of(type), unloadedTypes(), query);
            assertEquals(Collections.singletonList(value), oracle.rows("SELECT v::varchar FROM " + unloaded()).getFirst(), query);
        }
    }

    /** As the Redshift connectors of Spark and Trino write what they push down. */
    @Test
    void aggregatesThatConnectorsPushDown() throws SQLException, IOException {
        Rows.execute(connection, "CREATE TABLE " + table + " (id bigint, amount decimal(12,2), state varchar(2))",
                "INSERT INTO " + table + " VALUES (1, 1.25, 'WA'), (2, 2.5, 'WA'), (3, NULL, 'OR')");
        final String spark = "SELECT ( SUM ( \"SQ_1\".\"SQ_1_COL_0\" ) ) AS \"SQ_2_COL_0\" , ( AVG ( \"SQ_1\".\"SQ_1_COL_0\" ::FLOAT ) ) AS \"SQ_2_COL_1\" , "
                + "( AVG ( \"SQ_1\".\"SQ_1_COL_1\" ) ) AS \"SQ_2_COL_2\" , ( \"SQ_1\".\"SQ_1_COL_2\" ) AS \"SQ_2_COL_3\" , "
                + "( CAST ( ( SUM ( ( CAST ( \"SQ_1\".\"SQ_1_COL_1\" AS DECIMAL(5, 2) ) * POW(10, 2 ) ) ) / POW(10, 2 ) ) AS DECIMAL( 15 , 2 ) ) ) AS \"SQ_2_COL_4\" "
                + "FROM ( SELECT ( \"SQ_0\".\"ID\" ) AS \"SQ_1_COL_0\" , ( \"SQ_0\".\"AMOUNT\" ) AS \"SQ_1_COL_1\" , ( \"SQ_0\".\"STATE\" ) AS \"SQ_1_COL_2\" "
                + "FROM ( SELECT * FROM \"PUBLIC\".\"" + table + "\" AS \"RCQ_ALIAS\" ) AS \"SQ_0\" WHERE ( \"SQ_0\".\"STATE\" = \\'WA\\' ) ) AS \"SQ_1\" GROUP BY \"SQ_1\".\"SQ_1_COL_2\"";
        Rows.execute(connection, "UNLOAD ('SELECT * FROM (" + spark + ")') TO " + here() + " WITH CREDENTIALS 'aws_iam_role=" + Role.REDSHIFT_UNLOAD_COPY.arn()
                + "' FORMAT AS PARQUET  MANIFEST");
        assertEquals(List.of("DECIMAL(38,0)", "DOUBLE", "DECIMAL(38,2)", "VARCHAR", "DECIMAL(15,2)"), unloadedTypes());
        assertEquals(List.of(List.of("3", "1.5", "1.87", "WA", "3.75")), oracle.rows("SELECT * FROM " + unloaded()));

        Rows.execute(connection, "UNLOAD ('SELECT \"state\", sum(\"id\") AS \"_pfgnrtd_0\", sum(\"amount\") AS \"_pfgnrtd_1\", round(avg(CAST(\"amount\" AS decimal(13, 3))), 2) AS \"_pfgnrtd_2\", "
                + "avg(CAST(\"id\" AS double precision)) AS \"_pfgnrtd_3\" FROM \"dev\".\"public\".\"" + table + "\" WHERE \"state\" = ''WA'' GROUP BY \"state\"') TO " + here()
                + ROLE + " FORMAT PARQUET MAXFILESIZE 64MB MANIFEST VERBOSE ALLOWOVERWRITE");
        assertEquals(TestCluster.SLICES, Rows.of(connection, "SELECT rtrim(path) FROM stl_unload_log WHERE query = pg_last_query_id() ORDER BY path").size());
        assertEquals(List.of(List.of("WA", "3", "3.75", "1.880", "1.5")), oracle.rows("SELECT * FROM " + unloaded()));
    }

    private List<String> unloadedTypes() throws SQLException, IOException {
        return oracle.rows("SELECT column_type FROM (DESCRIBE SELECT * FROM " + unloaded() + ")").stream().map(List::getFirst).toList();
    }

    private String unloaded() throws IOException {
        return "read_parquet('" + oracle.fetch(prefix) + "/*.parquet')";
    }

    @Test
    void hiddenPrefixesAreRefused() {
        assertTrue(refusal("UNLOAD ('SELECT 1 AS a') TO 's3://" + bucket + "/x/_part'" + PARQUET).contains("begins with an underscore or a period"));
        assertTrue(refusal("UNLOAD ('SELECT 1 AS a') TO 's3://" + bucket + "/.part'" + PARQUET).contains("begins with an underscore or a period"));
    }

    private String refusal(final String sql) {
        return assertThrows(SQLException.class, () -> Rows.execute(connection, sql)).getMessage();
    }

    @ParameterizedTest
    @CsvSource({"UNCOMPRESSED, V1, 122880", "SNAPPY, V1, 2048", "GZIP, V1, 122880", "ZSTD, V2, 2048", "LZ4_RAW, V2, 122880", "SNAPPY, V2, 5000"})
    void filesOfDuckDbAreLoaded(final String codec, final String version, final int rowGroupSize) throws SQLException, IOException {
        oracle.execute("SET threads = 1", "CREATE TABLE t AS SELECT i::int AS id, (i % 65536 - 32768)::smallint AS s, (i * 922337203685477)::bigint AS b, ((i - 5000) / 100)::decimal(9,2) AS n9, "
                + "(i * 99999999999999)::decimal(18,0) AS n18, (i::hugeint * 999999999999999999999999999999999)::decimal(38,0) / 1 AS ignored, "
                + "(i::decimal(38,10) * -999999999999)::decimal(38,10) AS n38, "
                + "(i / 7)::float AS r, (i / -7)::double AS d, i % 2 = 0 AS f, chr((97 + i % 26)::int) AS c, CASE WHEN i % 10 = 0 THEN '' ELSE repeat('é\\\n', (i % 50)::int) || i END AS v, "
                + "date '1970-01-01' + (i - 5000)::int AS day, timestamp '2026-11-22 10:11:12.123456' + interval (i * 1001) millisecond AS ts FROM range(10000) AS g(i)",
                "UPDATE t SET s = NULL, b = NULL, n9 = NULL, n18 = NULL, n38 = NULL, r = NULL, d = NULL, f = NULL, c = NULL, v = NULL, day = NULL, ts = NULL WHERE id % 97 = 0");
        final String columns = "id, s, b, n9, n18, n38, r, d, f, c, v, day, ts";
        oracle.write("SELECT " + columns + " FROM t ORDER BY id", "FORMAT parquet, COMPRESSION " + codec + ", PARQUET_VERSION " + version + ", ROW_GROUP_SIZE " + rowGroupSize, prefix + "1");
        Rows.execute(connection, "CREATE TABLE " + table + " (id int, s smallint, b bigint, n9 numeric(9,2), n18 numeric(18,0), n38 numeric(38,10), r real, d double precision, f boolean, "
                + "c char(1), v varchar(300), day date, ts timestamp)", "COPY " + table + " FROM " + here() + PARQUET);

        final String numbers = "id::text, s::text, b::text, n9::text, n18::text, n38::text, f::text, c::text, v, day::text, ";
        assertEquals(oracle.rows("SELECT " + numbers + "strftime(ts, '%Y-%m-%d %H:%M:%S.%f') FROM t ORDER BY id + 0"),
                Rows.of(connection, "SELECT " + numbers + "to_char(ts, 'YYYY-MM-DD HH24:MI:SS.US') FROM " + table + " ORDER BY id + 0"));
        assertEquals(doubles(oracle.rows("SELECT r::double::text, d::text FROM t ORDER BY id")), doubles(Rows.of(connection, "SELECT r::float8::text, d::text FROM " + table + " ORDER BY id")));
    }

    private static List<List<Double>> doubles(final List<List<String>> rows) {
        final List<List<Double>> numbers = new ArrayList<>();
        for (final List<String> row : rows) {
            final List<Double> one = new ArrayList<>();
            for (final String value : row) {
                one.add(value == null ? null : Double.valueOf(value));
            }

            numbers.add(one);
        }

        return numbers;
    }

    @Test
    void timesOfEveryUnitAreLoaded() throws SQLException, IOException {
        oracle.execute("SET TimeZone = 'UTC'");
        oracle.write("SELECT timestamp_s '1969-12-31 23:59:59' AS a, timestamp_ms '2026-11-22 10:11:12.123' AS b, timestamp_ns '2026-11-22 10:11:12.123456789' AS c, "
                + "timestamptz '2026-11-22 10:11:12+02' AS d, time '23:59:59.999999' AS e", "FORMAT parquet", prefix + "1");
        Rows.execute(connection, "SET TimeZone = 'Asia/Tokyo'", "CREATE TABLE " + table + " (a timestamp, b timestamp, c timestamp, d timestamptz, e time)",
                "COPY " + table + " FROM " + here() + PARQUET, "SET TimeZone = 'UTC'");

        assertEquals(List.of(List.of("1969-12-31 23:59:59", "2026-11-22 10:11:12.123", "2026-11-22 10:11:12.123456", "2026-11-22 08:11:12+00", "23:59:59.999999")),
                Rows.of(connection, "SELECT a::text, b::text, c::text, d::text, e::text FROM " + table));
    }

    @Test
    void nestedValuesBecomeSuper() throws SQLException, IOException {
        oracle.write("SELECT 1 AS id, [1, NULL, 3] AS l, {'a': 'x\"y', 'b': [{'c': 1.50::decimal(5,2)}]} AS o, map {'k': 7, 'm': NULL} AS m, 'plain' AS s, 2.5::double AS d, "
                + "date '2026-11-22' AS day, timestamp '2026-11-22 10:11:12' AS ts, '{\"j\": [1]}'::json AS j UNION ALL SELECT 2, [], NULL, map {}, NULL, NULL, NULL, NULL, NULL",
                "FORMAT parquet", prefix + "1");
        Rows.execute(connection, "CREATE TABLE " + table + " (id int, l super, o super, m super, s super, d super, day super, ts super, j super)");

        assertTrue(detail("COPY " + table + " FROM " + here() + PARQUET).contains("SUPER column in COPY query requires SERIALIZETOJSON option"));
        Rows.execute(connection, "COPY " + table + " FROM " + here() + PARQUET + " SERIALIZETOJSON");
        assertEquals(List.of(List.of("[1, null, 3]", "{\"a\": \"x\\\"y\", \"b\": [{\"c\": 1.50}]}", "{\"k\": 7, \"m\": null}", "\"plain\"", "2.5", "\"2026-11-22\"", "\"2026-11-22 10:11:12\"",
                "{\"j\": [1]}")), Rows.of(connection, "SELECT l::text, o::text, m::text, s::text, d::text, day::text, ts::text, j::text FROM " + table + " WHERE id = 1"));
        assertEquals(List.of(List.of("[]", "true", "{}", "true")), Rows.of(connection, "SELECT l::text, (o IS NULL)::text, m::text, (s IS NULL)::text FROM " + table + " WHERE id = 2"));
        oracle.write("SELECT 1 AS id, repeat('x', 65536) AS s", "FORMAT parquet", prefix.replace("part-", "long"));
        Rows.execute(connection, "CREATE TABLE " + copy + " (id int, s super)");
        assertTrue(refusal("COPY " + copy + " FROM 's3://" + bucket + "/" + prefix.replace("part-", "long") + "'" + PARQUET + " SERIALIZETOJSON")
                .contains("String value exceeds the max size of 65535 bytes"));
    }

    /** What Redshift Spectrum says: the driver shows an error's detail as part of its message. */
    private String detail(final String sql) {
        final SQLException error = assertThrows(SQLException.class, () -> Rows.execute(connection, sql));
        assertTrue(error.getMessage().contains("Spectrum Scan Error"), error.getMessage());
        assertTrue(error.getMessage().contains("15007"), error.getMessage());
        return error.getMessage();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '#', textBlock = """
            bigint           | 1::int                        | Column type: BIGINT, Parquet schema: required int32 a [i:0 d:0 r:0]
            int              | 1::bigint                     | Column type: INT, Parquet schema: required int64 a
            int              | 1::uinteger                   | Column type: INT, Parquet schema: required int32 a
            int              | 'x'                           | Column type: INT, Parquet schema: required byte_array a
            varchar(10)      | 1::bigint                     | Column type: VARCHAR, Parquet schema: required int64 a
            char(3)          | true                          | Column type: CHAR, Parquet schema: required boolean a
            double precision | 1::float                      | Column type: DOUBLE, Parquet schema: required float a
            real             | 1::double                     | Column type: FLOAT, Parquet schema: required double a
            date             | timestamp '2026-11-22'        | Column type: DATE, Parquet schema: required int64 a
            timestamp        | date '2026-11-22'             | has an incompatible Parquet schema for column
            timestamp        | 1::bigint                     | has an incompatible Parquet schema for column
            numeric(5,2)     | 1::double                     | Column type: DECIMAL(5,2), Parquet schema: required double a
            numeric(18,2)    | 1::bigint                     | column 'a' does not have the scale set.
            numeric(18,2)    | 1::decimal(18,3)              | column 'a' has a scale that does not match the table metadata scale. File metadata scale: 3 Table metadata scale: 2
            numeric(20,2)    | 1::decimal(38,2)              | column 'a' has an invalid type length. Expecting: 9 len in file: 16
            varchar(10)      | [1]                           | required group a [i:0 d:0 r:0]
            varchar(5)       | 'éééx'                        | The length of the data column a is longer than the length defined in the table. Table: 5, Data: 7
            char(5)          | 'é'                           | Multibyte character not supported for CHAR
            smallint         | 40000::int                    | out of range for SMALLINT
            int not null     | NULL::int                     | Cannot insert a NULL value into column a
            """)
    void whatDoesNotFitTheTableIsRefusedInRedshiftsWords(final String type, final String value, final String message) throws SQLException, IOException {
        oracle.write("SELECT " + value + " AS a", "FORMAT parquet", prefix + "1");
        Rows.execute(connection, "CREATE TABLE " + table + " (a " + type + ")");
        final String error = refusal("COPY " + table + " FROM " + here() + PARQUET);

        assertTrue(error.replaceAll("\\s+", " ").contains(message), error);
        assertEquals(0, Rows.count(connection, table));
        final List<List<String>> logged = Rows.of(connection, "SELECT trim(file_name), trim(column_name), trim(error_message) FROM sys_load_error_detail ORDER BY query_id DESC LIMIT 1");
        assertEquals("s3://" + bucket + "/" + prefix + "1", logged.get(0).get(0));
        assertEquals("a", logged.get(0).get(1));
        assertTrue(logged.get(0).get(2).replaceAll("\\s+", " ").contains(message), logged.toString());
    }

    @Test
    void invalidCharactersAreRefusedOrReplaced() throws SQLException, IOException {
        oracle.write("SELECT 'a'::blob || '\\xFF\\xC3'::blob || 'b'::blob AS a", "FORMAT parquet", prefix + "1");
        Rows.execute(connection, "CREATE TABLE " + table + " (a varchar(10))");

        assertTrue(detail("COPY " + table + " FROM " + here() + PARQUET).contains("String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: ff"));
        Rows.execute(connection, "COPY " + table + " FROM " + here() + PARQUET + " ACCEPTINVCHARS '^'");
        assertEquals("a^^b", Rows.value(connection, "SELECT a FROM " + table));
    }

    @Test
    void columnsGoByPosition() throws SQLException, IOException {
        oracle.write("SELECT 1::int AS x, 'one' AS y", "FORMAT parquet", prefix + "1");
        Rows.execute(connection, "CREATE TABLE " + table + " (a int, b varchar(10), c int, d varchar(10) default 'd')");

        assertTrue(detail("COPY " + table + " FROM " + here() + PARQUET).contains("Unmatched number of columns between table and file. Table columns: 4, Data columns: 2, File name: "
                + "https://s3.us-east-1.amazonaws.com/" + bucket + "/" + prefix + "1"));
        assertTrue(detail("COPY " + table + " (a) FROM " + here() + PARQUET).contains("Table columns: 1, Data columns: 2"));
        Rows.execute(connection, "COPY " + table + " FROM " + here() + PARQUET + " FILLRECORD", "COPY " + table + " (c, b) FROM " + here() + PARQUET);
        final List<String> filled = new ArrayList<>(List.of("1", "one"));
        filled.addAll(Collections.nCopies(2, null));
        assertEquals(List.of(filled, Arrays.asList(null, "one", "1", "d")), Rows.of(connection, "SELECT a, b, c, d FROM " + table + " ORDER BY a"));
    }

    @Test
    void manifestsNeedTheRightLengths() throws SQLException, IOException {
        oracle.write("SELECT 1::int AS x", "FORMAT parquet", prefix + "1");
        Rows.execute(connection, "CREATE TABLE " + table + " (a int)");
        final long length = cluster.s3().headObject(request -> request.bucket(bucket).key(prefix + "1")).contentLength();

        assertTrue(refusal(copyOfManifest("{}")).contains("has no meta.content_length"));
        assertTrue(detail(copyOfManifest("{\"content_length\": " + (length + 1) + "}")).contains("the manifest's content_length is " + (length + 1)));
        Rows.execute(connection, copyOfManifest("{\"content_length\": " + length + "}"));
        assertEquals(1, Rows.count(connection, table));
    }

    private String copyOfManifest(final String meta) {
        final String manifest = "{\"entries\": [{\"url\": \"s3://" + bucket + "/" + prefix + "1\", \"mandatory\": true, \"meta\": " + meta + "}]}";
        cluster.s3().putObject(request -> request.bucket(bucket).key(prefix + ".manifest"), RequestBody.fromString(manifest));
        return "COPY " + table + " FROM 's3://" + bucket + "/" + prefix + ".manifest'" + PARQUET + " MANIFEST";
    }

    @Test
    void otherFilesAreRefused() throws SQLException, IOException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int)");
        cluster.s3().putObject(request -> request.bucket(bucket).key(prefix + "1"), RequestBody.fromString("1|2|3\n4|5|6\n"));

        assertTrue(detail("COPY " + table + " FROM " + here() + PARQUET).contains("has an invalid version number: "));
        oracle.write("SELECT i::int AS a FROM range(1000) g(i)", "FORMAT parquet, COMPRESSION brotli", prefix + "1");
        assertTrue(refusal("COPY " + table + " FROM " + here() + PARQUET).contains("BROTLI are not supported by the sandbox"));
    }

    @Test
    void aLaterFileThatIsWrongLeavesNothingBehind() throws SQLException, IOException {
        oracle.write("SELECT 1::int AS a", "FORMAT parquet", prefix + "1");
        oracle.write("SELECT 1::bigint AS a", "FORMAT parquet", prefix + "2");
        Rows.execute(connection, "CREATE TABLE " + table + " (a int)");
        detail("COPY " + table + " FROM " + here() + PARQUET);

        assertEquals(0, Rows.count(connection, table));
        try (Stream<Path> files = Files.list(cluster.workDirectory().resolve("redshift"))) {
            assertEquals(List.of(), files.filter(file -> file.toString().endsWith(".parquet")).toList());
        }
    }
}
