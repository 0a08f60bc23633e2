package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads a COPY statement. Rules: page COPY of the Redshift Database Developer Guide. What is not done here is refused by its name.
 */
public final class CopyParser {

    private static final String COMMAND = "COPY";
    private static final long MOST_ERRORS = 100_000;
    private static final Set<String> SWITCHES = Set.of("MANIFEST", "GZIP", "REMOVEQUOTES", "ESCAPE", "ENCRYPTED", "EXPLICIT_IDS", "EMPTYASNULL", "BLANKSASNULL", "TRUNCATECOLUMNS",
            "FILLRECORD", "ROUNDEC");
    private static final Set<String> UNSUPPORTED_SWITCHES = Set.of("ORC", "TEXT", "BZIP2", "LZOP", "ZSTD", "SSH", "ACCEPTANYDATE", "IGNOREALLERRORS", "IGNOREBLANKLINES", "NOLOAD",
            "TRIMBLANKS");
    private static final Set<String> COLUMNAR = Set.of("PARQUET", "ORC");

    private final TokenReader reader;
    private final OptionSet options = new OptionSet(COMMAND);
    private final AuthorizationReader authorization = new AuthorizationReader(COMMAND, options);

    private String schema;
    private String table;
    private final List<String> columns = new ArrayList<>();
    private S3Location source;
    private String region;
    private Byte delimiter;
    private byte quote = '"';
    private String nullString = "\\N";
    private long maxError;
    private long ignoreHeader;

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

        source = S3Location.parse(COMMAND, reader.expectString("FROM"));
        while (!reader.atEnd()) {
            readOption();
        }

        return checked();
    }

    private void readTable() {
        table = reader.expectIdentifier("a table");
        if (reader.acceptSymbol('.')) {
            schema = table;
            table = reader.expectIdentifier("a table");
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

    private void readOption() {
        final Token token = reader.peek();
        if (token.kind() != Token.Kind.WORD) {
            throw reader.unexpected("an option");
        }

        final String keyword = reader.next().upper();
        if (authorization.read(keyword, reader)) {
            return;
        }

        if (SWITCHES.contains(keyword)) {
            options.add(keyword);
            return;
        }

        switch (keyword) {
            case "FORMAT" -> {
                reader.acceptWord("AS");
                readFormat(reader.next().upper());
            }
            case "CSV", "PARQUET" -> readFormat(keyword);
            case "DELIMITER" -> {
                options.add(keyword);
                delimiter = UnloadParser.oneByte(COMMAND, reader.expectString(keyword));
            }
            case "NULL" -> {
                options.add("NULL AS");
                nullString = reader.expectString("NULL AS");
            }
            case "REGION" -> {
                options.add(keyword);
                region = reader.expectString(keyword);
            }
            case "DATEFORMAT" -> readPattern(keyword, "AUTO", "YYYY-MM-DD");
            case "TIMEFORMAT" -> readPattern(keyword, "AUTO", "YYYY-MM-DD HH:MI:SS");
            case "COMPUPDATE" -> readSwitchable(keyword, true);
            case "STATUPDATE" -> readSwitchable(keyword, false);
            case "MAXERROR" -> {
                options.add(keyword);
                maxError = reader.expectNumber(keyword);
                if (maxError > MOST_ERRORS) {
                    throw SqlError.syntax("COPY option MAXERROR must be between 0 and " + MOST_ERRORS);
                }
            }
            case "IGNOREHEADER" -> {
                options.add(keyword);
                ignoreHeader = reader.expectNumber(keyword);
            }
            default -> readUnsupported(keyword);
        }
    }

    private void readFormat(final String format) {
        if (format.equals("PARQUET")) {
            options.add(format);
            return;
        }

        if (!format.equals("CSV")) {
            readUnsupported(format);
            return;
        }

        options.add(format);
        if (reader.acceptWord("QUOTE")) {
            quote = UnloadParser.oneByte(COMMAND, reader.expectString("QUOTE"));
        }
    }

    private void readPattern(final String keyword, final String... honoured) {
        options.add(keyword);
        final String pattern = reader.expectString(keyword);
        for (final String one : honoured) {
            if (pattern.equalsIgnoreCase(one)) {
                return;
            }
        }

        throw OptionSet.unsupported(COMMAND, keyword + " with the pattern '" + pattern + "'");
    }

    /** Reads ON, OFF, TRUE, FALSE or nothing: neither encodings nor statistics change what a query answers. */
    private void readSwitchable(final String keyword, final boolean preset) {
        options.add(keyword);
        for (final String value : List.of("ON", "OFF", "TRUE", "FALSE")) {
            if (reader.acceptWord(value)) {
                return;
            }
        }

        if (preset) {
            reader.acceptWord("PRESET");
        }
    }

    private void readUnsupported(final String keyword) {
        if (UNSUPPORTED_SWITCHES.contains(keyword)) {
            options.addUnsupported(keyword);
            return;
        }

        switch (keyword) {
            case "FIXEDWIDTH" -> {
                options.addUnsupported(keyword);
                reader.expectString(keyword);
            }
            case "JSON", "AVRO", "SHAPEFILE", "ACCEPTINVCHARS", "ENCODING" -> {
                options.addUnsupported(keyword);
                reader.acceptWord("AS");
                if (reader.peekString()) {
                    reader.next();
                }
            }
            case "READRATIO", "COMPROWS" -> {
                options.addUnsupported(keyword);
                reader.expectNumber(keyword);
            }
            default -> throw OptionSet.unsupported(COMMAND, keyword.toUpperCase(Locale.ROOT));
        }
    }

    private CopyStatement checked() {
        options.exclude("CSV", "FIXEDWIDTH", "REMOVEQUOTES", "ESCAPE");
        options.exclude("FIXEDWIDTH", "DELIMITER", "ESCAPE");
        options.exclude("MAXERROR", "IGNOREALLERRORS");
        options.exclude("GZIP", "BZIP2", "LZOP", "ZSTD");
        options.exclude("FILLRECORD", "NOLOAD");
        for (final String columnar : COLUMNAR) {
            options.exclude(columnar, "MAXERROR", "IGNOREALLERRORS", "REGION", "DELIMITER", "CSV", "FIXEDWIDTH", "REMOVEQUOTES", "ESCAPE", "NULL AS", "GZIP", "BZIP2", "LZOP", "ZSTD",
                    "ENCRYPTED", "IGNOREHEADER", "DATEFORMAT", "TIMEFORMAT", "COMPUPDATE", "EMPTYASNULL", "BLANKSASNULL", "TRUNCATECOLUMNS", "ROUNDEC");
        }

        final Authorization principal = authorization.authorization();
        options.refuseUnsupported();
        final Secret key = authorization.masterSymmetricKey();
        if (options.has("ENCRYPTED") && key == null) {
            throw SqlError.syntax("COPY option ENCRYPTED needs MASTER_SYMMETRIC_KEY: it is for client-side encryption only, files under SSE-S3 or SSE-KMS are read without it");
        }

        if (key != null && !options.has("ENCRYPTED")) {
            throw SqlError.syntax("COPY option MASTER_SYMMETRIC_KEY needs ENCRYPTED");
        }

        final CopyStatement.Conversions conversions = new CopyStatement.Conversions(options.has("EMPTYASNULL"), options.has("BLANKSASNULL"), options.has("TRUNCATECOLUMNS"),
                options.has("FILLRECORD"), options.has("ROUNDEC"));
        return new CopyStatement(schema, table, List.copyOf(columns), source, principal, region, options.has("MANIFEST"), key, options.has("GZIP") ? Compression.GZIP : Compression.NONE,
                format(), conversions, options.has("EXPLICIT_IDS"), maxError);
    }

    private CopyStatement.Format format() {
        if (options.has("PARQUET")) {
            return new CopyStatement.Parquet();
        }

        final boolean csv = options.has("CSV");
        final byte separator = delimiter == null ? (byte) (csv ? ',' : '|') : delimiter;
        return new CopyStatement.Text(separator, csv, quote, options.has("REMOVEQUOTES"), options.has("ESCAPE"), nullString, ignoreHeader);
    }
}
