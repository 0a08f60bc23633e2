package io.github.unloadcopy.sandbox.redshift;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** VARBYTE, GEOMETRY, GEOGRAPHY and HLLSKETCH, as the real driver sees them, and what UNLOAD and COPY make of them. */
class ColumnTypesIT extends ClusterTest {

    private static final String ROLE = " IAM_ROLE default ";
    /** POINT(1 2), and the same with SRID 4326. */
    private static final String POINT = "0101000000000000000000F03F0000000000000040";
    private static final String PLACE = "0101000020E6100000000000000000F03F0000000000000040";
    private static final String COLUMNS = " (id int, bin varbyte(9), shape geometry, place geography ENCODE raw, sketch hllsketch)";
    private static final int MORE_THAN_THE_PREPARE_THRESHOLD = 8;

    private final String table = "c_" + UUID.randomUUID().toString().replace("-", "");
    private final String copy = table + "_copy";

    @BeforeEach
    void prepare() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + COLUMNS, "CREATE TABLE " + copy + COLUMNS,
                "INSERT INTO " + table + " VALUES (1, 'a^\"', '" + POINT.toLowerCase() + "', '" + PLACE + "', NULL), (2, NULL, NULL, NULL, NULL)");
    }

    @Test
    void theDriverNamesThem() throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT *, to_varbyte('00ff', 'hex') AS made FROM " + table + " WHERE 1 = 0")) {
            final ResultSetMetaData metaData = rows.getMetaData();
            final List<String> found = new ArrayList<>();
            for (int column = 1; column <= metaData.getColumnCount(); column++) {
                found.add(metaData.getColumnTypeName(column));
            }

            assertEquals(List.of("int4", "varbyte", "geometry", "geography", "hllsketch", "varbyte"), found);
        }

        try (ResultSet rows = connection.getMetaData().getColumns(null, "public", table, "%")) {
            final List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString("COLUMN_NAME") + " " + rows.getString("TYPE_NAME") + " " + rows.getInt("DATA_TYPE"));
            }

            assertEquals(List.of("id int4 4", "bin varbyte -4", "shape geometry -4", "place geography -4", "sketch hllsketch 1111"), found);
        }
    }

    @Test
    void theCatalogNamesThem() throws SQLException {
        assertEquals(List.of(List.of("integer", "binary varying", "geometry", "geography", "hllsketch")), List.of(Rows.of(connection,
                "SELECT data_type FROM svv_columns WHERE table_name = '" + table + "' ORDER BY ordinal_position").stream().map(List::getFirst).toList()));
        assertEquals("CREATE TABLE public." + table + " (\n    id integer ENCODE az64,\n    bin binary varying(9) ENCODE lzo,\n    shape geometry,\n    place geography,\n    sketch hllsketch\n)\n"
                + "DISTSTYLE AUTO;", Rows.value(connection, "SHOW TABLE " + table));
    }

    @Test
    void valuesAreTheirDigits() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT bin, shape, place, sketch FROM " + table + " WHERE id = ?")) {
            for (int run = 0; run < MORE_THAN_THE_PREPARE_THRESHOLD; run++) {
                statement.setInt(1, 1);
                try (ResultSet row = statement.executeQuery()) {
                    assertTrue(row.next());
                    assertEquals("615e22", row.getString(1));
                    assertArrayEquals(new byte[] {'a', '^', '"'}, row.getBytes(1));
                    assertEquals(POINT, row.getString(2));
                    assertEquals(PLACE, row.getString(3));
                    assertNull(row.getString(4));
                }
            }
        }
    }

    @Test
    void bytesCanBeParameters() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO " + table + " (id, bin) VALUES (3, ?)")) {
            statement.setBytes(1, new byte[] {0, '\\', -1});
            statement.executeUpdate();
        }

        assertEquals("005cff", Rows.value(connection, "SELECT bin FROM " + table + " WHERE id = 3"));
        assertEquals("005cff", Rows.value(connection, "SELECT from_varbyte(bin, 'hex') FROM " + table + " WHERE id = 3"));
    }

    @ParameterizedTest
    @CsvSource({"hex, 4d, 4d", "HEX, d, 0d", "binary, 0100110100000000, 4d00", "utf-8, é, c3a9", "base64, TQD/, 4d00ff"})
    void bytesHaveTexts(final String format, final String text, final String digits) throws SQLException {
        assertEquals(digits, Rows.value(connection, "SELECT to_varbyte('" + text + "', '" + format + "')"));
        assertEquals(text.equals("d") ? digits : text, Rows.value(connection, "SELECT from_varbyte(to_varbyte('" + text + "', '" + format + "'), '" + format + "')"));
        assertTrue(refusal("SELECT from_varbyte(bin, 'octal') FROM " + table).contains("Invalid format \"octal\""));
    }

    @ParameterizedTest
    @CsvSource({"'CSV NULL AS ''nil''', 'CSV NULL AS ''nil'''", "'NULL AS ''nil''', 'NULL AS ''nil'''", "'CSV GZIP NULL AS ''nil''', 'CSV GZIP NULL AS ''nil'''"})
    void textAndCsvTakeThem(final String unloadOptions, final String copyOptions) throws SQLException {
        unload(unloadOptions + " MANIFEST VERBOSE PARALLEL OFF");
        Rows.execute(connection, "COPY " + copy + " FROM 's3://" + bucket + "/" + table + "/manifest'" + ROLE + copyOptions + " MANIFEST");

        assertEquals(Rows.of(connection, "SELECT * FROM " + table + " ORDER BY 1"), Rows.of(connection, "SELECT * FROM " + copy + " ORDER BY 1"));
        assertTrue(text("manifest").contains("\"geometry\"") && text("manifest").contains("\"geography\"") && text("manifest").contains("\"hllsketch\""), text("manifest"));
    }

    @Test
    void filesHaveTheirDigits() throws SQLException {
        unload("ADDQUOTES ESCAPE NULL AS 'nil' PARALLEL OFF");

        assertEquals("\"1\"|\"615e22\"|\"" + POINT + "\"|\"" + PLACE + "\"|\"nil\"\n\"2\"|\"nil\"|\"nil\"|\"nil\"|\"nil\"\n", text("000"));
    }

    @ParameterizedTest
    @CsvSource({"bin, VARBYTE", "shape, GEOMETRY", "place, GEOGRAPHY", "sketch, HLLSKETCH"})
    void parquetDoesNotTakeThem(final String column, final String type) {
        final String sql = "UNLOAD ('SELECT " + column + " FROM " + table + "') TO 's3://" + bucket + "/" + table + "/'" + ROLE + "FORMAT AS PARQUET";

        assertEquals("ERROR: UNLOAD: column \"" + column + "\" is of type " + type + ", which can be unloaded to text or CSV format only", refusal(sql));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "INSERT INTO %s (shape) VALUES ('POINT(1 2)') | supported by the sandbox as hexadecimal EWKB only",
        "INSERT INTO %s (shape) VALUES ('010100') | Invalid hexadecimal EWKB",
        "INSERT INTO %s (place) VALUES ('0201000000000000000000F03F0000000000000040') | Invalid hexadecimal EWKB",
        "INSERT INTO %s (sketch) VALUES ('{}') | HLLSKETCH are not supported by the sandbox, save NULL",
        "SELECT ST_AsText(shape) FROM %s | function st_astext(geometry) does not exist",
        "SELECT shape FROM %s ORDER BY shape | ordering operator for type geometry",
        "SELECT DISTINCT place FROM %s | equality operator for type geography"})
    void whatIsNotThereIsRefusedByName(final String sql, final String message) {
        assertTrue(refusal(sql.formatted(table)).contains(message), refusal(sql.formatted(table)));
    }

    @Test
    void aRowWhoseGeometryIsNoneIsAnError() throws SQLException {
        cluster.s3().putObject(request -> request.bucket(bucket).key(table + "/bad"), RequestBody.fromString("1,," + POINT + ",,\n2,,010100,,\n"));

        final String message = refusal("COPY " + copy + " FROM 's3://" + bucket + "/" + table + "/bad'" + ROLE + "CSV EMPTYASNULL");
        assertTrue(message.contains("sys_load_error_detail"), message);
        assertEquals(List.of(List.of("2", "shape", "geometry")), Rows.of(connection, "SELECT line_number, trim(colname), trim(type) FROM stl_load_errors WHERE filename LIKE '%" + table + "%'"));
    }

    private void unload(final String options) throws SQLException {
        Rows.execute(connection, "UNLOAD ('SELECT * FROM " + table + " ORDER BY 1') TO 's3://" + bucket + "/" + table + "/'" + ROLE + options);
    }

    private String text(final String name) {
        return cluster.s3().getObjectAsBytes(request -> request.bucket(bucket).key(table + "/" + name)).asUtf8String();
    }

    private String refusal(final String sql) {
        return assertThrows(SQLException.class, () -> Rows.execute(connection, sql)).getMessage();
    }
}
