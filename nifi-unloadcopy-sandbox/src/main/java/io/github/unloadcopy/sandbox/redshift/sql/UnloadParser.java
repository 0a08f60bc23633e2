package io.github.unloadcopy.sandbox.redshift.sql;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;

/**
 * Reads an UNLOAD statement. Rules: page UNLOAD of the Redshift Database Developer Guide. What is not done here is refused by its name.
 */
public final class UnloadParser {

    private static final String COMMAND = "UNLOAD";
    private static final long DEFAULT_MAX_FILE_SIZE = 6_657_199_308L;
    private static final long MIN_MAX_FILE_SIZE = 5 * OptionReader.MEGABYTE;
    private static final long MIN_ROW_GROUP_SIZE = 32 * OptionReader.MEGABYTE;
    private static final long MAX_ROW_GROUP_SIZE = 128 * OptionReader.MEGABYTE;

    private final OptionSet options;

    private UnloadParser(final OptionSet options) {
        this.options = options;
    }

    /**
     * @param tokens one whole statement, without its semicolon
     * @throws SqlError when Redshift or the sandbox would refuse it
     */
    public static UnloadStatement parse(final List<Token> tokens) {
        final TokenReader reader = new TokenReader(COMMAND, tokens);
        reader.expectWord(COMMAND);
        reader.expectSymbol('(');
        if (!reader.peekString()) {
            throw reader.unexpected("the SELECT as a literal");
        }

        final String query = Literals.printable(COMMAND, reader.expectString("the SELECT"));
        reader.expectSymbol(')');
        reader.expectWord("TO");
        final S3Location target = S3Location.parse(COMMAND, reader.expectString("TO"));
        return new UnloadParser(new OptionReader(StatementParameters.UNLOAD, reader).readAll()).statement(query, target);
    }

    private UnloadStatement statement(final String query, final S3Location target) {
        final AuthorizationReader authorization = new AuthorizationReader(options);
        options.check();
        final UnloadStatement.Partitioning partitioning = partitioning();
        // The page UNLOAD: a slash is added to the prefix where folders follow.
        final boolean slash = partitioning != null && !target.key().isEmpty() && !target.key().endsWith("/");
        return new UnloadStatement(query, slash ? target.withKey(target.key() + '/') : target, authorization.authorization(), printable("REGION"), format(), compression(), partitioning,
                options.has("MANIFEST"), options.has("MANIFEST VERBOSE"), options.has("ALLOWOVERWRITE"), options.has("CLEANPATH"), printable("KMS_KEY_ID"), options.has("ENCRYPTED AUTO"),
                authorization.masterSymmetricKey(), !Boolean.FALSE.equals(options.value("PARALLEL")), maxFileSize(), printable("EXTENSION"));
    }

    private String printable(final String name) {
        return options.has(name) ? Literals.printable(COMMAND, options.text(name)) : null;
    }

    private UnloadStatement.Partitioning partitioning() {
        final List<String> columns = options.names("PARTITION BY");
        if (columns.isEmpty()) {
            return null;
        }

        if (new HashSet<>(columns).size() < columns.size()) {
            throw SqlError.syntax("UNLOAD option PARTITION BY names a column twice");
        }

        return new UnloadStatement.Partitioning(columns, options.has("PARTITION BY INCLUDE"));
    }

    private Compression compression() {
        for (final Compression compression : Compression.values()) {
            if (compression != Compression.NONE && options.has(compression.name())) {
                return compression;
            }
        }

        return Compression.NONE;
    }

    private long maxFileSize() {
        final long bytes = options.number("MAXFILESIZE", DEFAULT_MAX_FILE_SIZE);
        if (bytes < MIN_MAX_FILE_SIZE || bytes > DEFAULT_MAX_FILE_SIZE) {
            throw SqlError.syntax("UNLOAD option MAXFILESIZE must be between 5 MB and 6.2 GB");
        }

        return bytes;
    }

    private UnloadStatement.Format format() {
        if (options.has("PARQUET")) {
            return new UnloadStatement.Parquet(rowGroupSize());
        }

        final String nullString = options.has("NULL AS") ? options.text("NULL AS") : "";
        if (options.has("CSV")) {
            if (delimiter(',') == '"') {
                throw SqlError.syntax("UNLOAD option DELIMITER cannot be the quotation mark of CSV");
            }

            return new UnloadStatement.Csv(delimiter(','), nullString, options.has("HEADER"));
        }

        return new UnloadStatement.Delimited(delimiter('|'), options.has("ADDQUOTES"), options.has("ESCAPE"), nullString, options.has("HEADER"));
    }

    private long rowGroupSize() {
        final long bytes = options.number("ROWGROUPSIZE", MIN_ROW_GROUP_SIZE);
        if (bytes < MIN_ROW_GROUP_SIZE || bytes > MAX_ROW_GROUP_SIZE || bytes % OptionReader.MEGABYTE != 0) {
            throw SqlError.syntax("UNLOAD option ROWGROUPSIZE must be a whole number between 32 MB and 128 MB");
        }

        return bytes;
    }

    private byte delimiter(final char otherwise) {
        return options.has("DELIMITER") ? oneByte(COMMAND, "DELIMITER", options.text("DELIMITER")) : (byte) otherwise;
    }

    static byte oneByte(final String command, final String option, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length != 1 || bytes[0] == '\n' || bytes[0] == '\r' || bytes[0] == 0) {
            throw SqlError.syntax(command + " option " + option + " must be a single ASCII character that is no line end");
        }

        return bytes[0];
    }
}
