package io.github.unloadcopy.sandbox.redshift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unloadcopy.sandbox.redshift.sql.Compression;
import io.github.unloadcopy.sandbox.redshift.text.CompressedStreams;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Formats, compressions and conversions of UNLOAD and COPY, on a cluster.
 */
class TextFormatsIT extends ClusterTest {

    private static final String ROLE = " IAM_ROLE default ";
    private static final String ALL_TYPES = "(id int, s smallint, b bigint, n numeric(30,10), r real, d double precision, f boolean, c char(10), v varchar(max), day date, ts timestamp, tz "
            + "timestamptz, "
            + "t time, ttz timetz, bin varbyte(100), doc super)";

    private final String table = "f_" + UUID.randomUUID().toString().replace("-", "");
    private final String copy = table + "_copy";
    private final String prefix = table + "/";

    /** ESCAPE is for CHAR and VARCHAR only: the delimiter must not be in values of SUPER. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "CSV NULL AS 'nil' ~ CSV NULL AS 'nil'",
        "CSV DELIMITER '|' GZIP NULL AS 'nil' ~ CSV DELIMITER '|' GZIP NULL AS 'nil'",
        "CSV DELIMITER '\\t' BZIP2 HEADER NULL AS 'nil' ~ CSV DELIMITER '\\t' BZIP2 IGNOREHEADER 1 NULL AS 'nil'",
        "ESCAPE ZSTD NULL AS 'nil' ~ ESCAPE ZSTD NULL AS 'nil'",
        "FORMAT TEXT ESCAPE BZIP2 DELIMITER '\\001' NULL AS 'nil' ~ FORMAT AS TEXT ESCAPE BZIP2 DELIMITER '\\001' NULL AS 'nil'"})
    void allTypesComeBack(final String unloadOptions, final String copyOptions) throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " " + ALL_TYPES, "CREATE TABLE " + copy + " " + ALL_TYPES,
                "INSERT INTO " + table + " VALUES (1, -32768, 9223372036854775807, 12345678901234567890.0123456789, 1.5e-30, 0.1, true, 'a\"b', 'x, \"y\" | \\\\ z' || chr(10) || chr(13) || chr(9), "
                        + "'2026-11-22', '2026-11-22 23:59:59.999999', '2026-11-22 10:00:00.5+02', '10:11:12.5', '10:11:12+02', '\\\\x00ff', '{\"a\": [1, \"b,\"]}')",
                "INSERT INTO " + table + " (id, v, f) VALUES (2, '', false), (3, NULL, NULL), (4, ' ', NULL)");
        unload(unloadOptions + " MANIFEST");
        copyFrom("manifest", copyOptions + " MANIFEST");

        assertEquals(List.of(), Rows.of(connection, "(TABLE " + table + " EXCEPT ALL TABLE " + copy + ") UNION ALL (TABLE " + copy + " EXCEPT ALL TABLE " + table + ")"));
    }

    @Test
    void csvIsWhatTheGuideShows() throws SQLException, IOException {
        Rows.execute(connection, "CREATE TABLE " + table + " (venueid int, venuename varchar(100), venuestate char(2), venueseats int)",
                "INSERT INTO " + table + " VALUES (1, 'Pinewood Racetrack', 'OH', 0), (2, 'Columbus \"Crew\" Stadium', 'OH', 0), (4, 'Community, Ballpark, Arena', 'KS', NULL)");
        unload("CSV HEADER PARALLEL OFF EXTENSION 'csv'");

        final String file = text(prefix + "000.csv");
        assertEquals("venueid,venuename,venuestate,venueseats\n1,Pinewood Racetrack,OH,0\n2,\"Columbus \"\"Crew\"\" Stadium\",OH,0\n4,\"Community, Ballpark, Arena\",KS,\n", file);
        try (CSVParser parser = CSVParser.parse(file, CSVFormat.RFC4180)) {
            assertEquals(List.of("4", "Community, Ballpark, Arena", "KS", ""), Arrays.asList(parser.getRecords().get(3).values()));
        }
    }

    @ParameterizedTest
    @CsvSource({"GZIP, .gz", "BZIP2, .bz2", "ZSTD, .zst"})
    void compressedFilesAreNamed(final String compression, final String extension) throws SQLException, IOException {
        fill(3);
        unload("PARALLEL OFF " + compression);

        assertEquals(List.of(prefix + "000" + extension), keys());
        final InputStream file = new ByteArrayInputStream(cluster.s3().getObjectAsBytes(request -> request.bucket(bucket).key(prefix + "000" + extension)).asByteArray());
        assertEquals("1|value 1\n2|value 2\n3|value 3\n", new String(CompressedStreams.decompress(file, Compression.valueOf(compression)).readAllBytes(), StandardCharsets.UTF_8));
        copyFrom("", compression);
        assertEquals(3, Rows.count(connection, copy));
        assertThrows(SQLException.class, () -> copyFrom("", compression.equals("GZIP") ? "ZSTD" : "GZIP"));
        assertEquals(3, Rows.count(connection, copy));
    }

    @Test
    void partitionsAreFoldersOfTheirOwn() throws SQLException, IOException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int, p varchar(20), q date, b varchar(20))",
                "INSERT INTO " + table + " SELECT i, CASE i % 4 WHEN 0 THEN 'x/y=z' WHEN 1 THEN NULL WHEN 2 THEN 'tab' || chr(9) ELSE 'plain' END, '2026-01-01'::date + i % 2, 'v' || i "
                        + "FROM generate_series(1, 40) i");
        put("q=2026-01-01/p=x%2Fy%3Dz/old", "x");
        put("q=2027-01-01/p=x/old", "x");
        Rows.execute(connection, "UNLOAD ('SELECT * FROM " + table + " ORDER BY a DESC') TO 's3://" + bucket + "/" + table + "'" + ROLE + "CSV HEADER CLEANPATH MANIFEST VERBOSE PARTITION BY (q, p)");

        assertEquals(List.of("manifest", "q=2026-01-01/p=tab%09/0000_part_00", "q=2026-01-01/p=tab%09/0001_part_00", "q=2026-01-01/p=x%2Fy%3Dz/0000_part_00", "q=2026-01-01/p=x%2Fy%3Dz/0001_part_00",
                "q=2026-01-02/p=__HIVE_DEFAULT_PARTITION__/0000_part_00", "q=2026-01-02/p=__HIVE_DEFAULT_PARTITION__/0001_part_00", "q=2026-01-02/p=plain/0000_part_00",
                "q=2026-01-02/p=plain/0001_part_00",
                "q=2027-01-01/p=x/old"), keys().stream().map(key -> key.substring(prefix.length())).toList());
        assertEquals("a,b\n39,v39\n31,v31\n23,v23\n15,v15\n7,v7\n", text(prefix + "q=2026-01-02/p=plain/0000_part_00"));
        final JsonNode manifest = new ObjectMapper().readTree(text(prefix + "manifest"));
        assertEquals(8, manifest.get("entries").size());
        assertEquals(48, manifest.at("/meta/record_count").intValue());
        assertEquals("b", manifest.at("/schema/elements/1/name").textValue());
        assertEquals("40", Rows.value(connection, "SELECT pg_last_unload_count()"));
    }

    @Test
    void partitionColumnsThatAreIncludedStay() throws SQLException {
        fill(2);
        unload("PARTITION BY (b) INCLUDE");

        assertEquals(List.of(prefix + "b=value 1/0000_part_00", prefix + "b=value 2/0000_part_00"), keys());
        assertEquals("2|value 2\n", text(prefix + "b=value 2/0000_part_00"));
    }

    @Test
    void manyPartitionsNeedNoMoreFilesAtOnce() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " AS SELECT i AS p, i AS a FROM generate_series(1, 300) i");
        unload("PARTITION BY (p)");

        assertEquals(300, keys().size());
        assertEquals("300", Rows.value(connection, "SELECT pg_last_unload_count()"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PARTITION BY (none)", "PARTITION BY (a, b)", "PARTITION BY (d)"})
    void otherPartitionsAreRefused(final String options) throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int, b varchar(20))", "CREATE TABLE " + copy + " (d double precision, e int)");
        assertThrows(SQLException.class, () -> Rows.execute(connection,
                "UNLOAD ('SELECT * FROM " + (options.contains("(d)") ? copy : table) + "') TO 's3://" + bucket + "/" + prefix + "'" + ROLE + options));
        assertEquals(List.of(), keys());
    }

    @ParameterizedTest
    @ValueSource(strings = {"CSV HEADER MANIFEST", "PARTITION BY (b) MANIFEST", "ENCRYPTED AUTO GZIP"})
    void zeroRowsMakeNoFiles(final String options) throws SQLException {
        fill(0);
        unload(options);
        assertEquals(List.of(), keys());
    }

    @ParameterizedTest
    @CsvSource({"UTF16, UTF-16", "UTF16LE, UTF-16LE", "utf16be, UTF-16BE", "ISO88591, ISO-8859-1", "UTF8, UTF-8"})
    void encodings(final String encoding, final String charset) throws SQLException {
        fill(0);
        put("data", "1|Grüße\n2|é|\n".getBytes(Charset.forName(charset)));
        copyFrom("data", "ENCODING AS " + encoding);

        assertEquals(List.of(List.of("1", "Grüße"), List.of("2", "é")), Rows.of(connection, "SELECT * FROM " + copy + " ORDER BY a"));
    }

    @Test
    void anotherEncodingIsAnErrorOfTheFile() throws SQLException {
        fill(0);
        put("data1", "1|one\n".getBytes(StandardCharsets.UTF_8));
        put("data2", "2|two\n".getBytes(StandardCharsets.UTF_16));
        copyFrom("data", "ENCODING UTF16 MAXERROR 2");

        assertEquals(List.of(List.of("2", "two")), Rows.of(connection, "SELECT * FROM " + copy));
        assertEquals(List.of(List.of("s3://" + bucket + "/" + prefix + "data1", "1221")), Rows.of(connection, "SELECT trim(filename), err_code FROM stl_load_errors WHERE query = pg_last_copy_id()"));
    }

    @Test
    void linesThatAreNoRecords() throws SQLException {
        fill(0);
        put("data1", "name|of\nheader|line\n1|one\r\n\n2|two");
        put("data2", "");
        put("data3", "name|of\nheader|line\n");
        copyFrom("data", "IGNOREHEADER 2 IGNOREBLANKLINES");
        assertEquals(List.of(List.of("1", "one"), List.of("2", "two")), Rows.of(connection, "SELECT * FROM " + copy + " ORDER BY a"));

        assertThrows(SQLException.class, () -> copyFrom("data1", "IGNOREHEADER 2"));
        assertEquals(List.of(List.of("4", "1214")), Rows.of(connection, "SELECT line_number, error_code FROM sys_load_error_detail WHERE query_id = pg_last_copy_id()"));
    }

    @Test
    void datesThatDoNotMatchAreNullWithAcceptanydate() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + copy + " (a int, d date, t timestamp)");
        put("data", "1|11/22/2026|22 Nov 2026 10:11:12\n2|soon|00/00/00 00:00:00\n");
        assertThrows(SQLException.class, () -> copyFrom("data", "DATEFORMAT 'auto' TIMEFORMAT 'auto'"));
        copyFrom("data", "DATEFORMAT 'auto' TIMEFORMAT 'auto' ACCEPTANYDATE");

        assertEquals(List.of(List.of("1", "2026-11-22", "2026-11-22 10:11:12"), Arrays.asList("2", null, null)), Rows.of(connection, "SELECT a, d::varchar, t::varchar FROM " + copy + " ORDER BY a"));
    }

    /** The examples of "Using automatic recognition with DATEFORMAT and TIMEFORMAT" without ACCEPTANYDATE. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {"2019-02-11T05:09:12.195Z ~ 2019-02-11 05:09:12.195", "J2451187 ~ 1999-01-08 00:00:00", "19960108 040809 ~ 1996-01-08 04:08:09",
            "960108 040809 ~ 1996-01-08 04:08:09",
        "1996.008 ~ 1996-01-08 00:00:00", "17 Dec 07:37:16 1997 PST ~ 1997-12-17 07:37:16", "12.17.1997 07:37:16.00 PST ~ 1997-12-17 07:37:16", "2026-11-22 ~ 2026-11-22 00:00:00"})
    void automaticRecognition(final String field, final String timestamp) throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + copy + " (t timestamp)");
        put("data", field + "\n");
        copyFrom("data", "TIMEFORMAT 'auto'");
        assertEquals(timestamp, Rows.value(connection, "SELECT t::varchar FROM " + copy));
        Rows.execute(connection, "TRUNCATE " + copy);
        copyFrom("data", "TIMEFORMAT 'auto' ACCEPTANYDATE");
        assertEquals(timestamp, Rows.value(connection, "SELECT t::varchar FROM " + copy));
    }

    @Test
    void noloadChecksAndLoadsNothing() throws SQLException {
        fill(0);
        put("good", "1|one\n2|two\n");
        put("wrong", "1|one\nx|two\n");
        copyFrom("good", "NOLOAD");
        assertEquals("0", Rows.value(connection, "SELECT pg_last_copy_count()"));
        assertThrows(SQLException.class, () -> copyFrom("wrong", "NOLOAD"));
        assertEquals("1207", Rows.value(connection, "SELECT err_code FROM stl_load_errors WHERE query = pg_last_copy_id()"));
        connection.setAutoCommit(false);
        copyFrom("good", "");
        copyFrom("good", "NOLOAD");
        connection.commit();
        assertEquals(2, Rows.count(connection, copy));
    }

    @Test
    void errorsAreIgnoredAndReplacementsCounted() throws SQLException {
        fill(0);
        put("data", "1|one\nx|two\n3|bad \u00FF\n4|also bad \u00FE\u00FF\n5\n".getBytes(StandardCharsets.ISO_8859_1));
        try (Statement statement = connection.createStatement()) {
            statement.execute("COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + "data'" + ROLE + "IGNOREALLERRORS ACCEPTINVCHARS AS '^'");
            final StringBuilder notices = new StringBuilder();
            for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
                notices.append(warning.getMessage()).append('\n');
            }

            assertTrue(notices.toString().contains("completed, 3 record(s) loaded successfully."), notices.toString());
            assertTrue(notices.toString().contains("completed, 2 record(s) could not be loaded."), notices.toString());
            assertTrue(notices.toString().contains("completed, 2 record(s) were loaded with replacements made for ACCEPTINVCHARS."), notices.toString());
        }

        assertEquals(List.of(List.of("1", "one"), List.of("3", "bad ^"), List.of("4", "also bad ^^")), Rows.of(connection, "SELECT * FROM " + copy + " ORDER BY a"));
    }

    @Test
    void valuesThatOnlyTheirTypeCanRefuse() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + copy + " (n numeric(5,2), j super, r real)");
        put("data", "1000|1|1\n1|{broken|1\n1|1|1e99\n1|1|1.2.3\n999.999|[1]|2\n");
        copyFrom("data", "MAXERROR 9");

        assertEquals(List.of(List.of("1", "n", "1204"), List.of("2", "j", "1224"), List.of("3", "r", "1208"), List.of("4", "r", "1208")),
                Rows.of(connection, "SELECT line_number, trim(colname), err_code FROM stl_load_errors WHERE query = pg_last_copy_id() ORDER BY line_number"));
        assertEquals("999.99", Rows.value(connection, "SELECT n FROM " + copy));
    }

    @Test
    void aManifestWithoutAnyFileThatExistsFails() throws SQLException {
        fill(0);
        put("list", "{\"entries\":[{\"url\":\"s3://" + bucket + "/" + prefix + "missing\"}]}");
        assertTrue(assertThrows(SQLException.class, () -> copyFrom("list", "MANIFEST")).getMessage().contains("No files were found"));
    }

    @Test
    void statupdateIsForTheOwner() throws SQLException {
        fill(0);
        put("data", "1|one\n");
        final String user = "u" + table;
        Rows.execute(connection, "CREATE USER " + user + " PASSWORD 'Secret1word'", "GRANT INSERT, SELECT ON " + copy + " TO " + user);
        try (Connection other = cluster.connect(user, "Secret1word", new Properties())) {
            final String sql = "COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + "data'" + ROLE;
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.execute(other, sql + "STATUPDATE ON")).getSQLState());
            Rows.execute(other, sql);
        }

        copyFrom("data", "STATUPDATE COMPUPDATE PRESET COMPROWS 1000");
        assertEquals(2, Rows.count(connection, copy));
    }

    @Test
    void varbyteDoesNotGoWithRemovequotes() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + copy + " (b varbyte(10))");
        put("data", "00ff\n");
        assertTrue(assertThrows(SQLException.class, () -> copyFrom("data", "REMOVEQUOTES")).getMessage().contains("VARBYTE"));
        copyFrom("data", "CSV");
        assertEquals(1, Rows.count(connection, copy));
    }

    private void fill(final int rows) throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int, b varchar(20))", "CREATE TABLE " + copy + " (a int, b varchar(20))",
                "INSERT INTO " + table + " SELECT i, 'value ' || i FROM generate_series(1, " + rows + ") i");
    }

    private void unload(final String options) throws SQLException {
        Rows.execute(connection, "UNLOAD ('SELECT * FROM " + table + " ORDER BY 1') TO 's3://" + bucket + "/" + prefix + "'" + ROLE + options);
    }

    private void copyFrom(final String name, final String options) throws SQLException {
        Rows.execute(connection, "COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + name + "'" + ROLE + options);
    }

    private List<String> keys() {
        return cluster.s3().listObjectsV2(request -> request.bucket(bucket).prefix(prefix)).contents().stream().map(S3Object::key).toList();
    }

    private String text(final String key) {
        return cluster.s3().getObjectAsBytes(request -> request.bucket(bucket).key(key)).asUtf8String();
    }

    private void put(final String name, final String content) {
        put(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private void put(final String name, final byte[] content) {
        cluster.s3().putObject(request -> request.bucket(bucket).key(prefix + name), RequestBody.fromBytes(content));
    }
}
