package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads a COPY statement. Rules: page COPY of the Redshift Database Developer Guide and the pages on its parameters. What is not done here is refused by its name.
 */
public final class CopyParser {

    private static final String COMMAND = "COPY";
    private static final long MOST_ERRORS = 100_000;
    private static final long FEWEST_SAMPLE_ROWS = 1000;

    private final TokenReader reader;
    private OptionSet options;
    private String schema;
    private String table;
    private final List<String> columns = new ArrayList<>();

    private CopyParser(final List<Token> tokens) {
        this.reader = new TokenReader(COMMAND, tokens);
    }

    /**
     * @param tokens one whole statement, without its semicolon
     * @throws SqlError when Redshift or the sandbox would refuse it
     */
    public static CopyStatement parse(final List<Token> tokens) {
        return new CopyParser(tokens).parse();
    }

    private CopyStatement parse() {
        reader.expectWord(COMMAND);
        readTable();
        reader.expectWord("FROM");
        if (reader.peekWord("STDIN")) {
            throw SqlError.notSupported("COPY FROM STDIN is not supported by Redshift: COPY reads from 's3://...'");
        }

        final S3Location source = S3Location.parse(COMMAND, reader.expectString("FROM"));
        options = new OptionReader(StatementParameters.COPY, reader).readAll();
        return statement(source);
    }

    private void readTable() {
        table = reader.expectIdentifier("a table");
        if (reader.acceptSymbol('.')) {
            schema = table;
            table = reader.expectIdentifier("a table");
        } else if (table.equals("job") && !reader.peekWord("FROM") && !reader.peekSymbol('(')) {
            throw SqlError.notSupported("COPY JOB is not supported by the sandbox");
        }

        if (reader.acceptSymbol('.')) {
            throw SqlError.notSupported("COPY into a table of another database is not supported");
        }

        if (reader.acceptSymbol('(')) {
            final Set<String> seen = new LinkedHashSet<>();
            do {
                final String column = reader.expectIdentifier("a column");
                if (!seen.add(column)) {
                    throw new SqlError("42701", "column \"" + column + "\" specified more than once");
                }
            } while (reader.acceptSymbol(','));

            reader.expectSymbol(')');
            columns.addAll(seen);
        }
    }

    private CopyStatement statement(final S3Location source) {
        final AuthorizationReader authorization = new AuthorizationReader(options);
        options.check();
        if (options.number("COMPROWS", FEWEST_SAMPLE_ROWS) < FEWEST_SAMPLE_ROWS || options.number("COMPROWS", FEWEST_SAMPLE_ROWS) > Integer.MAX_VALUE) {
            throw SqlError.syntax("COPY option COMPROWS must be between " + FEWEST_SAMPLE_ROWS + " and " + Integer.MAX_VALUE);
        }

        final String region = options.has("REGION") ? Literals.printable(COMMAND, options.text("REGION")) : null;
        return new CopyStatement(schema, table, List.copyOf(columns), source, authorization.authorization(), region, options.has("MANIFEST"), authorization.masterSymmetricKey(),
                compression(), options.has("PARQUET") ? new CopyStatement.Parquet(options.has("SERIALIZETOJSON")) : text(), conversions(), options.has("EXPLICIT_IDS"), maxError(),
                options.has("NOLOAD"), options.has("STATUPDATE"));
    }

    private long maxError() {
        if (options.has("IGNOREALLERRORS")) {
            return Long.MAX_VALUE;
        }

        final long maxError = options.number("MAXERROR", 0);
        if (maxError > MOST_ERRORS) {
            throw SqlError.syntax("COPY option MAXERROR must be between 0 and " + MOST_ERRORS);
        }

        return maxError;
    }

    private Compression compression() {
        for (final Compression compression : Compression.values()) {
            if (compression != Compression.NONE && options.has(compression.name())) {
                return compression;
            }
        }

        return Compression.NONE;
    }

    private CopyStatement.Text text() {
        final boolean csv = options.has("CSV");
        final String delimiter = options.has("DELIMITER") ? delimiter() : csv ? "," : "|";
        final byte quote = options.has("QUOTE") ? UnloadParser.oneByte(COMMAND, "QUOTE", options.text("QUOTE")) : (byte) '"';
        if (csv && delimiter.indexOf(quote) >= 0) {
            throw SqlError.syntax("COPY options DELIMITER and QUOTE must be different characters");
        }

        final String nullString = options.has("NULL AS") ? options.text("NULL AS") : "\\N";
        if (nullString.indexOf('\n') >= 0) {
            throw SqlError.syntax("COPY option NULL AS cannot hold a line feed, which ends a record");
        }

        return new CopyStatement.Text(delimiter, csv, quote, options.has("REMOVEQUOTES"), options.has("ESCAPE"), nullString, options.number("IGNOREHEADER", 0),
                options.has("IGNOREBLANKLINES"), encoding());
    }

    private String delimiter() {
        final String delimiter = options.text("DELIMITER");
        if (delimiter.isEmpty() || delimiter.indexOf('\n') >= 0 || delimiter.indexOf('\r') >= 0 || delimiter.indexOf('\0') >= 0) {
            throw SqlError.syntax("COPY option DELIMITER must be one or more characters, none of which is a line end");
        }

        if (options.has("ESCAPE") && delimiter.indexOf('\\') >= 0) {
            throw SqlError.syntax("COPY option DELIMITER cannot hold the backslash, with which ESCAPE escapes");
        }

        return delimiter;
    }

    private CopyStatement.Encoding encoding() {
        if (!options.has("ENCODING")) {
            return CopyStatement.Encoding.UTF8;
        }

        try {
            return CopyStatement.Encoding.valueOf(options.text("ENCODING").toUpperCase(Locale.ROOT));
        } catch (final IllegalArgumentException e) {
            throw SqlError.syntax("COPY option ENCODING must be UTF8, UTF16, UTF16LE, UTF16BE or ISO88591");
        }
    }

    private CopyStatement.Conversions conversions() {
        return new CopyStatement.Conversions(options.has("EMPTYASNULL"), options.has("BLANKSASNULL"), options.has("TRUNCATECOLUMNS"), options.has("FILLRECORD"), options.has("ROUNDEC"),
                options.has("TRIMBLANKS"), replacement(), options.has("ACCEPTANYDATE"), options.text("DATEFORMAT"), options.text("TIMEFORMAT"));
    }

    private Byte replacement() {
        if (!options.has("ACCEPTINVCHARS")) {
            return null;
        }

        if (!(options.value("ACCEPTINVCHARS") instanceof final String text)) {
            return (byte) '?';
        }

        if (text.length() != 1 || text.charAt(0) == 0 || text.charAt(0) > 0x7F) {
            throw SqlError.syntax("COPY option ACCEPTINVCHARS needs one ASCII character that is not NULL");
        }

        return (byte) text.charAt(0);
    }
}
