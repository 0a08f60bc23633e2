package io.github.unloadcopy.sandbox.redshift.sql;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads an UNLOAD statement. Rules: page UNLOAD of the Redshift Database Developer Guide. What is not done here is refused by its name.
 */
public final class UnloadParser {

    static final long MEGABYTE = 1024L * 1024;
    private static final String COMMAND = "UNLOAD";
    private static final long DEFAULT_MAX_FILE_SIZE = 6_657_199_308L;
    private static final long MIN_MAX_FILE_SIZE = 5 * MEGABYTE;
    private static final long MIN_ROW_GROUP_SIZE = 32 * MEGABYTE;
    private static final long MAX_ROW_GROUP_SIZE = 128 * MEGABYTE;

    private final TokenReader reader;
    private final OptionSet options = new OptionSet(COMMAND);
    private final AuthorizationReader authorization = new AuthorizationReader(COMMAND, options);

    private String query;
    private S3Location target;
    private String region;
    private boolean verbose;
    private byte delimiter = '|';
    private String nullString = "";
    private String kmsKeyId;
    private boolean parallel = true;
    private long maxFileSize = DEFAULT_MAX_FILE_SIZE;
    private String extension;
    private long rowGroupSize = MIN_ROW_GROUP_SIZE;

    private UnloadParser(final List<Token> tokens) {
        this.reader = new TokenReader(COMMAND, tokens);
    }

    /**
     * @param tokens one whole statement, without its semicolon
     * @throws SqlError when Redshift or the sandbox would refuse it
     */
    public static UnloadStatement parse(final List<Token> tokens) {
        return new UnloadParser(tokens).parse();
    }

    private UnloadStatement parse() {
        reader.expectWord(COMMAND);
        reader.expectSymbol('(');
        if (!reader.peekString()) {
            throw reader.unexpected("the SELECT as a literal");
        }

        query = Literals.value(reader.next());
        reader.expectSymbol(')');
        reader.expectWord("TO");
        target = S3Location.parse(COMMAND, reader.expectString("TO"));
        while (!reader.atEnd()) {
            readOption();
        }

        return checked();
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

        switch (keyword) {
            case "MANIFEST" -> {
                options.add(keyword);
                verbose = reader.acceptWord("VERBOSE");
            }
            case "GZIP", "ADDQUOTES", "ESCAPE", "ALLOWOVERWRITE", "CLEANPATH", "HEADER" -> options.add(keyword);
            case "DELIMITER" -> {
                options.add(keyword);
                delimiter = oneByte(COMMAND, reader.expectString(keyword));
            }
            case "NULL" -> {
                options.add("NULL AS");
                nullString = reader.expectString("NULL AS");
            }
            case "REGION" -> {
                options.add(keyword);
                region = reader.expectString(keyword);
            }
            case "ENCRYPTED" -> {
                options.add(keyword);
                if (reader.acceptWord("AUTO")) {
                    options.addUnsupported("ENCRYPTED AUTO");
                }
            }
            case "KMS_KEY_ID" -> {
                options.add(keyword);
                kmsKeyId = reader.expectString(keyword);
            }
            case "PARALLEL" -> {
                options.add(keyword);
                parallel = readParallel();
            }
            case "MAXFILESIZE" -> {
                options.add(keyword);
                maxFileSize = readFileSize();
            }
            case "EXTENSION" -> {
                options.add(keyword);
                extension = reader.expectString(keyword);
            }
            case "FORMAT" -> {
                reader.acceptWord("AS");
                readFormat(reader.next().upper());
            }
            case "ROWGROUPSIZE" -> {
                options.add(keyword);
                rowGroupSize = readRowGroupSize();
            }
            default -> readFormat(keyword);
        }
    }

    private void readFormat(final String format) {
        switch (format) {
            case "CSV", "PARQUET" -> options.add(format);
            default -> readUnsupported(format);
        }
    }

    private long readRowGroupSize() {
        final long amount = reader.expectNumber("ROWGROUPSIZE");
        final boolean gigabytes = reader.acceptWord("GB");
        if (!gigabytes) {
            reader.acceptWord("MB");
        }

        final long bytes = amount * (gigabytes ? 1024 : 1) * MEGABYTE;
        if (bytes < MIN_ROW_GROUP_SIZE || bytes > MAX_ROW_GROUP_SIZE) {
            throw SqlError.syntax("UNLOAD option ROWGROUPSIZE must be between 32 MB and 128 MB");
        }

        return bytes;
    }

    private void readUnsupported(final String keyword) {
        switch (keyword) {
            case "JSON", "TEXT", "BZIP2", "ZSTD" -> options.addUnsupported(keyword);
            case "FIXEDWIDTH" -> {
                options.addUnsupported(keyword);
                reader.expectString(keyword);
            }
            case "PARTITION" -> {
                options.addUnsupported("PARTITION BY");
                reader.expectWord("BY");
                reader.expectSymbol('(');
                while (!reader.acceptSymbol(')')) {
                    reader.next();
                }

                reader.acceptWord("INCLUDE");
            }
            default -> throw OptionSet.unsupported(COMMAND, keyword);
        }
    }

    private boolean readParallel() {
        if (reader.acceptWord("OFF") || reader.acceptWord("FALSE")) {
            return false;
        }

        if (!reader.acceptWord("ON")) {
            reader.acceptWord("TRUE");
        }

        return true;
    }

    private long readFileSize() {
        reader.acceptWord("AS");
        final Token number = reader.next();
        final double amount;
        try {
            amount = Double.parseDouble(number.source());
        } catch (final NumberFormatException e) {
            throw SqlError.syntax("UNLOAD option MAXFILESIZE needs a number of MB or GB");
        }

        final boolean gigabytes = reader.acceptWord("GB");
        if (!gigabytes) {
            reader.acceptWord("MB");
        }

        final long bytes = (long) (amount * (gigabytes ? 1024 * MEGABYTE : MEGABYTE));
        if (bytes < MIN_MAX_FILE_SIZE || bytes > DEFAULT_MAX_FILE_SIZE) {
            throw SqlError.syntax("UNLOAD option MAXFILESIZE must be between 5 MB and 6.2 GB");
        }

        return bytes;
    }

    private UnloadStatement checked() {
        options.exclude("PARQUET", "DELIMITER", "FIXEDWIDTH", "ADDQUOTES", "ESCAPE", "NULL AS", "HEADER", "GZIP", "BZIP2", "ZSTD", "MASTER_SYMMETRIC_KEY");
        options.exclude("CSV", "FIXEDWIDTH", "ADDQUOTES");
        options.exclude("JSON", "DELIMITER", "HEADER", "FIXEDWIDTH", "ADDQUOTES", "ESCAPE", "NULL AS");
        options.exclude("FIXEDWIDTH", "DELIMITER", "HEADER");
        options.exclude("CLEANPATH", "ALLOWOVERWRITE");
        options.exclude("KMS_KEY_ID", "CREDENTIALS", "ENCRYPTED AUTO", "MASTER_SYMMETRIC_KEY");
        options.exclude("GZIP", "BZIP2", "ZSTD");
        final Authorization principal = authorization.authorization();
        options.refuseUnsupported();
        options.need("KMS_KEY_ID", "ENCRYPTED");
        final Secret key = authorization.masterSymmetricKey();
        if (key != null && !options.has("ENCRYPTED")) {
            throw SqlError.syntax("UNLOAD option MASTER_SYMMETRIC_KEY needs ENCRYPTED");
        }

        if (key != null && kmsKeyId != null) {
            throw SqlError.syntax("UNLOAD options KMS_KEY_ID and MASTER_SYMMETRIC_KEY cannot be used together");
        }

        if (options.has("ENCRYPTED") && key == null && kmsKeyId == null) {
            throw SqlError.syntax("UNLOAD option ENCRYPTED needs KMS_KEY_ID or MASTER_SYMMETRIC_KEY");
        }

        return new UnloadStatement(query, target, principal, region, format(), options.has("GZIP") ? Compression.GZIP : Compression.NONE, options.has("MANIFEST"), verbose,
                options.has("ALLOWOVERWRITE"), options.has("CLEANPATH"), kmsKeyId, key, parallel, maxFileSize, extension);
    }

    private UnloadStatement.Format format() {
        if (options.has("PARQUET")) {
            return new UnloadStatement.Parquet(rowGroupSize);
        }

        if (options.has("CSV")) {
            return new UnloadStatement.Csv(options.has("DELIMITER") ? delimiter : (byte) ',', nullString, options.has("HEADER"));
        }

        return new UnloadStatement.Delimited(delimiter, options.has("ADDQUOTES"), options.has("ESCAPE"), nullString, options.has("HEADER"));
    }

    static byte oneByte(final String command, final String delimiter) {
        final byte[] bytes = delimiter.getBytes(StandardCharsets.UTF_8);
        if (bytes.length != 1 || bytes[0] == '\n' || bytes[0] == '\r' || bytes[0] == 0) {
            throw SqlError.syntax(command + " option DELIMITER must be a single ASCII character that is no line end");
        }

        return bytes[0];
    }
}
