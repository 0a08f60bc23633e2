package io.github.unloadcopy.sandbox.redshift.text;

import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.QuoteMode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What the encoder writes, the reader and the splitter of COPY read.
 */
class UnloadRowEncoderTest {

    private static final String SENTINEL = "NULL_5f3a";

    @Property(tries = 500)
    void tablesComeBack(@ForAll("tables") final List<List<String>> table, @ForAll("delimiters") final char delimiter, @ForAll final boolean quoted) throws IOException {
        final byte[] file = write(table, delimiter, quoted, true, SENTINEL);

        assertEquals(table, read(file, delimited(Character.toString(delimiter), quoted, SENTINEL)));
    }

    /** CSV has no backslashes: what any other writer of CSV produces must be read as well. */
    @Property(tries = 500)
    void csvComesBack(@ForAll("tables") final List<List<String>> table) throws IOException {
        final StringBuilder csv = new StringBuilder();
        for (final List<String> row : table) {
            for (int column = 0; column < row.size(); column++) {
                csv.append(column == 0 ? "" : ",").append(row.get(column) == null ? SENTINEL : '"' + row.get(column).replace("\"", "\"\"") + '"');
            }

            csv.append('\n');
        }

        assertEquals(table, read(csv.toString().getBytes(StandardCharsets.UTF_8), csv(",", (byte) '"', SENTINEL)));
    }

    /** A file that UNLOAD wrote as CSV: COPY and a reader of other people read the same from it. */
    @Property(tries = 500)
    void unloadedCsvComesBack(@ForAll("tables") final List<List<String>> table, @ForAll("csvDelimiters") final char delimiter) throws IOException {
        final byte[] file = writeCsv(table, delimiter);

        assertEquals(table, read(file, csv(Character.toString(delimiter), (byte) '"', SENTINEL)));
        final CSVFormat format = CSVFormat.RFC4180.builder().setDelimiter(delimiter).setNullString(SENTINEL).setIgnoreEmptyLines(false).build();
        try (CSVParser parser = CSVParser.parse(new String(file, StandardCharsets.UTF_8), format)) {
            assertEquals(table, parser.stream().map(record -> Arrays.asList(record.values())).toList());
        }
    }

    /** CSV that another writer made, with another quotation mark, and a delimiter of several characters. */
    @Property(tries = 500)
    void csvOfOtherWritersComesBack(@ForAll("tables") final List<List<String>> table, @ForAll("quotes") final char quote, @ForAll("csvSeparators") final String delimiter)
            throws IOException {
        final CSVFormat format = CSVFormat.DEFAULT.builder().setDelimiter(delimiter).setQuote(quote).setQuoteMode(QuoteMode.ALL_NON_NULL).setNullString(SENTINEL).setRecordSeparator("\r\n").build();
        final StringBuilder file = new StringBuilder();
        try (CSVPrinter printer = new CSVPrinter(file, format)) {
            for (final List<String> row : table) {
                printer.printRecord(row);
            }
        }

        assertEquals(table, read(file.toString().getBytes(StandardCharsets.UTF_8), csv(delimiter, (byte) quote, SENTINEL)));
    }

    /** Whatever bytes there are, reading ends, and gives records or errors. */
    @Property(tries = 2000)
    void anyBytesAreReadToTheirEnd(@ForAll("soup") final byte[] file, @ForAll("formats") final CopyStatement.Text format) throws IOException {
        final RecordReader reader = new RecordReader(new TricklingStream(file), format);
        final FieldSplitter splitter = new FieldSplitter(format);
        long records = 0;
        while (reader.next()) {
            records++;
            if (splitter.split(reader.buffer(), reader.start(), reader.end()) == null) {
                assertTrue(splitter.count() > 0);
                splitter.text(splitter.count() - 1);
            }
        }

        assertTrue(records <= file.length);
    }

    @Example
    void delimiterOfSeveralCharacters() throws IOException {
        final CopyStatement.Text format = delimited("|~|", true, "\\N");

        assertEquals(List.of(Arrays.asList("a|b", "~", null, "x|~|y"), List.of("", "|~")), read("a|b|~|~|~|\\N|~|'x|~|y'\n|~||~".getBytes(StandardCharsets.UTF_8), format));
    }

    @Example
    void blanksAroundQuotedFieldsOfCsvAreIgnored() throws IOException {
        assertEquals(List.of(List.of("a, b", " c ", "5\" pipe"), List.of("x", "y", "z")), read(" \"a, b\" , c ,5\" pipe\nx,y,z\n".getBytes(StandardCharsets.UTF_8), csv(",", (byte) '"', "\\N")));
    }

    @Example
    void zeroBytesAreNullWhereTheStatementSaysSo() throws IOException {
        final FieldSplitter splitter = new FieldSplitter(new CopyStatement.Text("|", false, (byte) '"', false, false, "\0", 0, false, CopyStatement.Encoding.UTF8));
        assertNull(splitter.split(new byte[] {'a', '|', 0, '|', 'b'}, 0, 5));
        assertTrue(splitter.isNull(1) && !splitter.isNull(0) && !splitter.isNull(2));
        assertEquals(1218, splitter.split(new byte[] {'a', '|', 'b', 0}, 0, 4).code());
    }

    @Example
    void valuesOfOtherTypes() {
        final ByteBuilder file = new ByteBuilder(16);
        final byte[] row = "00ff\t\\N\t{\"a\": 1}\n".getBytes(StandardCharsets.UTF_8);
        final List<ColumnKind> kinds = List.of(ColumnKind.OTHER, ColumnKind.JSON, ColumnKind.JSON);
        new UnloadRowEncoder((byte) '|', false, true, "none", kinds).encode(row, row.length, file);
        new CsvRowEncoder((byte) ',', "none", kinds).encode(row, row.length, file);

        assertEquals("00ff|null|{\"a\": 1}\n00ff,null,\"{\"\"a\"\": 1}\"\n", new String(file.toBytes(), StandardCharsets.UTF_8));
    }

    @Example
    void headersAreWrittenLikeFields() {
        final List<String> names = List.of("a", "b|c", "d\"e");

        assertEquals("\"a\"|\"b\\|c\"|\"d\\\"e\"\n", new String(new UnloadRowEncoder((byte) '|', true, true, "", characters(3)).header(names), StandardCharsets.UTF_8));
        assertEquals("a,b|c,\"d\"\"e\"\n", new String(new CsvRowEncoder((byte) ',', "", characters(3)).header(names), StandardCharsets.UTF_8));
    }

    @Example
    void escapeIsABackslashBeforeTheRawCharacter() {
        final byte[] file = write(List.of(Arrays.asList("a^b\\c\nd\re\"f'g", null, "", "t\tv\u000Bb\b")), '^', true, true, "NULL_1");

        assertEquals("\"a\\^b\\\\c\\\nd\\\re\\\"f\\'g\"^\"NULL_1\"^\"\"^\"t\tv\u000Bb\b\"\n", new String(file, StandardCharsets.UTF_8));
    }

    @Example
    void quotesAreEscapedWithAddquotesOnly() {
        assertEquals("a'\"\\^\n", new String(write(List.of(List.of("a'\"^")), '^', false, true, "x"), StandardCharsets.UTF_8));
        assertEquals("a^|\\\n", new String(write(List.of(List.of("a^|\\")), ',', false, false, "x"), StandardCharsets.UTF_8));
    }

    @Example
    void nullStringIsEscapedAsWell() throws IOException {
        final byte[] file = write(List.of(Arrays.asList(null, "x")), '|', false, true, "\\N");

        assertEquals("\\\\N|x\n", new String(file, StandardCharsets.UTF_8));
        assertEquals(List.of(Arrays.asList(null, "x")), read(file, delimited("|", false, "\\N")));
    }

    @Example
    void recordsEndAtLineFeedsCarriageReturnLineFeedsAndZeroBytesThatLoseTheRest() throws IOException {
        final CopyStatement.Text format = delimited("|", true, "\\N");

        assertEquals(List.of(List.of("a", "b"), List.of("c", "d\r"), List.of("e"), List.of("f"), List.of("", "")),
                read("a|b\r\nc|d\\\r\ne\0lost|x\nf\n|".getBytes(StandardCharsets.UTF_8), format));
    }

    @Example
    void nullsAreFoundQuotedAndBare() throws IOException {
        final CopyStatement.Text format = delimited("|", true, SENTINEL);

        assertEquals(List.of(Arrays.asList(null, null, "NULL_5f3b")), read((SENTINEL + "|\"" + SENTINEL + "\"|NULL_5f3b\n").getBytes(StandardCharsets.UTF_8), format));
    }

    @Example
    void missingEndQuoteIsAnError() {
        final FieldSplitter splitter = new FieldSplitter(delimited("|", true, "\\N"));
        final byte[] record = "x|\"open".getBytes(StandardCharsets.UTF_8);

        assertEquals("Delimited value missing end quote", splitter.split(record, 0, record.length).message());
    }

    @Provide
    Arbitrary<List<List<String>>> tables() {
        return Arbitraries.integers().between(1, 5).flatMap(columns -> values().list().ofSize(columns).list().ofMaxSize(6));
    }

    @Provide
    Arbitrary<Character> csvDelimiters() {
        return Arbitraries.of(',', '|', '\t', ';', '~', '\u0001', ' ');
    }

    @Provide
    Arbitrary<String> csvSeparators() {
        return Arbitraries.of(",", "|~|", "\t", "::", "§");
    }

    @Provide
    Arbitrary<Character> quotes() {
        return Arbitraries.of('"', '%', '\'');
    }

    @Provide
    Arbitrary<byte[]> soup() {
        return Arbitraries.of((byte) '"', (byte) '\'', (byte) '|', (byte) '~', (byte) ',', (byte) '\\', (byte) '\n', (byte) '\r', (byte) 0, (byte) ' ', (byte) 'x', (byte) 0xC3, (byte) 'N')
                .array(byte[].class).ofMaxSize(60);
    }

    @Provide
    Arbitrary<CopyStatement.Text> formats() {
        return Combinators.combine(Arbitraries.of("|", ",", "|~|"), Arbitraries.of(true, false), Arbitraries.of(true, false), Arbitraries.of(true, false), Arbitraries.of("\\N", "\0", ""))
                .as((delimiter, csv, quotes, escape, nullString) -> new CopyStatement.Text(delimiter, csv, (byte) '"', !csv && quotes, !csv && escape, nullString, 0, false,
                        CopyStatement.Encoding.UTF8));
    }

    @Provide
    Arbitrary<Character> delimiters() {
        return Arbitraries.of('^', '|', ',', '\t', ';', '~', '\u0001', 'N', ' ');
    }

    private static Arbitrary<String> values() {
        final Arbitrary<String> hard = Arbitraries.of("", " ", "\\", "\\\\", "'", "\"", "\"\"", "'x'", "\n", "\r", "\r\n", "\\N", "\\.", "^", "|", "NULL", "NULL_5f3", "null_5f3a", "\u0001", "\t",
                "\u007F", "é", "𝄞", "\uFFFD", "a\\", "\\\n", "ends with a quote\"", "\"starts with one");
        final Arbitrary<String> pieces = hard.list().ofMaxSize(4).map(parts -> String.join("", parts));
        final Arbitrary<String> any = Combinators.combine(Arbitraries.strings().ofMaxLength(20), pieces).as((text, piece) -> text + piece);
        return Arbitraries.oneOf(pieces, any, Arbitraries.strings().withCharRange('\u0001', '\u007F').ofMaxLength(30))
                .map(text -> new String(text.replace("\0", "").getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .filter(text -> !text.equals(SENTINEL))
                .injectNull(0.1);
    }

    private static byte[] write(final List<List<String>> table, final char delimiter, final boolean quoted, final boolean escaped, final String nullString) {
        final ByteBuilder file = new ByteBuilder(16);
        for (final List<String> row : table) {
            final byte[] backend = backendRow(row).getBytes(StandardCharsets.UTF_8);
            new UnloadRowEncoder((byte) delimiter, quoted, escaped, nullString, characters(row.size())).encode(backend, backend.length, file);
        }

        return file.toBytes();
    }

    private static byte[] writeCsv(final List<List<String>> table, final char delimiter) {
        final ByteBuilder file = new ByteBuilder(16);
        for (final List<String> row : table) {
            final byte[] backend = backendRow(row).getBytes(StandardCharsets.UTF_8);
            new CsvRowEncoder((byte) delimiter, SENTINEL, characters(row.size())).encode(backend, backend.length, file);
        }

        return file.toBytes();
    }

    private static List<ColumnKind> characters(final int columns) {
        return Collections.nCopies(columns, ColumnKind.CHARACTER);
    }

    private static CopyStatement.Text delimited(final String delimiter, final boolean removeQuotes, final String nullString) {
        return new CopyStatement.Text(delimiter, false, (byte) '"', removeQuotes, true, nullString, 0, false, CopyStatement.Encoding.UTF8);
    }

    private static CopyStatement.Text csv(final String delimiter, final byte quote, final String nullString) {
        return new CopyStatement.Text(delimiter, true, quote, false, false, nullString, 0, false, CopyStatement.Encoding.UTF8);
    }

    /** A row as PostgreSQL's {@code COPY … TO STDOUT} writes it. */
    private static String backendRow(final List<String> row) {
        final List<String> fields = new ArrayList<>();
        for (final String value : row) {
            fields.add(value == null ? "\\N" : value.replace("\\", "\\\\").replace("\b", "\\b").replace("\f", "\\f").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
                    .replace("\u000B", "\\v"));
        }

        return String.join("\t", fields) + '\n';
    }

    private static List<List<String>> read(final byte[] file, final CopyStatement.Text format) throws IOException {
        final RecordReader reader = new RecordReader(new TricklingStream(file), format);
        final FieldSplitter splitter = new FieldSplitter(format);
        final List<List<String>> table = new ArrayList<>();
        while (reader.next()) {
            assertNull(splitter.split(reader.buffer(), reader.start(), reader.end()));
            final List<String> row = new ArrayList<>();
            for (int field = 0; field < splitter.count(); field++) {
                row.add(splitter.isNull(field) ? null : splitter.text(field));
            }

            table.add(row);
        }

        return table;
    }

    /** Gives three bytes at a time, so that every record crosses the end of what has been read. */
    private static final class TricklingStream extends InputStream {

        private final InputStream source;

        TricklingStream(final byte[] content) {
            this.source = new ByteArrayInputStream(content);
        }

        @Override
        public int read() throws IOException {
            return source.read();
        }

        @Override
        public int read(final byte[] target, final int offset, final int length) throws IOException {
            return source.read(target, offset, Math.min(length, 3));
        }
    }
}
