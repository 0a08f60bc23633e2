package io.github.unloadcopy.sandbox.redshift.text;

import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/**
 * What the encoder writes, the reader and the splitter of COPY read.
 */
class UnloadRowEncoderTest {

    private static final String SENTINEL = "NULL_5f3a";

    @Property(tries = 500)
    void tablesComeBack(@ForAll("tables") final List<List<String>> table, @ForAll("delimiters") final char delimiter, @ForAll final boolean quoted) throws IOException {
        final byte[] file = write(table, delimiter, quoted, true, SENTINEL);

        assertEquals(table, read(file, new CopyStatement.Text((byte) delimiter, false, (byte) '"', quoted, true, SENTINEL, 0)));
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

        assertEquals(table, read(csv.toString().getBytes(StandardCharsets.UTF_8), new CopyStatement.Text((byte) ',', true, (byte) '"', false, false, SENTINEL, 0)));
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
        assertEquals(List.of(Arrays.asList(null, "x")), read(file, new CopyStatement.Text((byte) '|', false, (byte) '"', false, true, "\\N", 0)));
    }

    @Example
    void recordsEndAtLineFeedsCarriageReturnLineFeedsAndZeroBytes() throws IOException {
        final CopyStatement.Text format = new CopyStatement.Text((byte) '|', false, (byte) '"', true, true, "\\N", 0);

        assertEquals(List.of(List.of("a", "b"), List.of("c", "d\r"), List.of("e"), List.of("f"), List.of("", "")),
                read("a|b\r\nc|d\\\r\ne\0f\n|".getBytes(StandardCharsets.UTF_8), format));
    }

    @Example
    void nullsAreFoundQuotedAndBare() throws IOException {
        final CopyStatement.Text format = new CopyStatement.Text((byte) '|', false, (byte) '"', true, true, SENTINEL, 0);

        assertEquals(List.of(Arrays.asList(null, null, "NULL_5f3b")), read((SENTINEL + "|\"" + SENTINEL + "\"|NULL_5f3b\n").getBytes(StandardCharsets.UTF_8), format));
    }

    @Example
    void missingEndQuoteIsAnError() {
        final FieldSplitter splitter = new FieldSplitter(new CopyStatement.Text((byte) '|', false, (byte) '"', true, true, "\\N", 0));
        final byte[] record = "x|\"open".getBytes(StandardCharsets.UTF_8);

        assertEquals("Delimited value missing end quote", splitter.split(record, 0, record.length).message());
    }

    @Provide
    Arbitrary<List<List<String>>> tables() {
        return Arbitraries.integers().between(1, 5).flatMap(columns -> values().list().ofSize(columns).list().ofMaxSize(6));
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
            final boolean[] character = new boolean[row.size()];
            Arrays.fill(character, true);
            final byte[] backend = backendRow(row).getBytes(StandardCharsets.UTF_8);
            new UnloadRowEncoder((byte) delimiter, quoted, escaped, nullString, character).encode(backend, backend.length, file);
        }

        return Arrays.copyOf(file.bytes(), file.length());
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
