package io.github.unloadcopy.staging;

import io.github.unloadcopy.redshift.TableName;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where one run stages one table, and the only thing that may be purged: {@code <path>/<time>-<run id>/<database>.<schema>.<table>/}.
 * An instance proves its form, so that nothing above a run's own folder can ever be deleted through it.
 *
 * @param location the prefix, ending in a slash
 */
public record StagingPrefix(S3Location location) {
    private static final DateTimeFormatter STARTED = DateTimeFormatter.ofPattern("uuuu-MM-dd_HH:mm:ss", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    private static final Pattern RUN_ID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern RUN_FOLDER = Pattern.compile("(\\d{4}-\\d{2}-\\d{2}_\\d{2}:\\d{2}:\\d{2})-(.{36})");
    private static final Pattern TABLE_FOLDER = Pattern.compile("[A-Za-z0-9_$-]*(?:\\.[A-Za-z0-9_$-]*){2,}");
    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9_$.-]");
    private static final Pattern AMBIGUOUS = Pattern.compile("[^A-Za-z0-9_$-]");
    private static final Pattern ENCODED_DOT = Pattern.compile("%2[eE]");
    private static final int HASH_BYTES = 8;

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException when the location is not that of one table in a run's own folder
     */
    public StagingPrefix {
        final String problem = problem(location);

        if (problem != null) {
            throw new IllegalArgumentException("%s is no staging prefix of one run and one table, <path>/<yyyy-MM-dd_HH:mm:ss>-<run id>/<database>.<schema>.<table>/: %s"
                    .formatted(location, problem));
        }
    }

    /**
     * The prefix of one table in one run.
     *
     * @param path folder below which every run makes its own
     * @param started when the run started; a run keeps to one instant
     * @param runId UUID of the run
     * @param database database of the source table
     * @param table source table
     * @return the prefix; two runs, or two tables of a run, never share one
     * @throws IllegalArgumentException when the run id is no UUID or a part is empty or too long
     */
    public static StagingPrefix of(final S3Location path, final Instant started, final String runId, final String database, final TableName table) {
        final String normalRunId = runId == null ? "" : runId.toLowerCase(Locale.ROOT);

        if (!RUN_ID.matcher(normalRunId).matches()) {
            throw new IllegalArgumentException("The run id \"%s\" is no UUID".formatted(runId));
        }

        if (database == null || database.isEmpty()) {
            throw new IllegalArgumentException("The name of the database is empty");
        }

        final String runFolder = STARTED.format(started.atOffset(ZoneOffset.UTC)) + "-" + normalRunId;
        return new StagingPrefix(path.resolve(runFolder + "/" + tableFolder(List.of(database, table.schema(), table.table())) + "/"));
    }

    /**
     * Reads a prefix.
     *
     * @param uri s3://bucket/…/, with the slash at the end
     * @return the prefix
     * @throws IllegalArgumentException with the reason, when it is anything but one table's prefix in a run's own folder
     */
    public static StagingPrefix parse(final String uri) {
        return new StagingPrefix(S3Location.parse(uri));
    }

    /**
     * Proves that runs can stage below a path.
     *
     * @param path folder below which every run makes its own
     * @throws IllegalArgumentException naming the folder that no run could use
     */
    public static void requirePath(final S3Location path) {
        final String problem = unusableFolder(path.key());

        if (problem != null) {
            throw new IllegalArgumentException("%s cannot be staged below: %s".formatted(path, problem));
        }
    }

    /**
     * Proves that the prefix belongs to a run.
     *
     * @param runId UUID of the run
     * @param path folder below which it makes its own; null when that is not known
     * @throws IllegalArgumentException saying where else the prefix is
     */
    public void requireOf(final String runId, final S3Location path) {
        final String folder = runFolder();

        if (runId == null || !folder.endsWith("-" + runId.toLowerCase(Locale.ROOT)) || !RUN_ID.matcher(runId.toLowerCase(Locale.ROOT)).matches()) {
            throw new IllegalArgumentException("%s is staged data of another run than %s".formatted(location, runId));
        }

        final String[] segments = location.key().split("/");

        if (path != null && !path.resolve(folder + "/" + segments[segments.length - 1] + "/").equals(location)) {
            throw new IllegalArgumentException("%s is not a run's folder of the staging path %s".formatted(location, path));
        }
    }

    /** Name of the folder of the run, which all its tables share: the last segment but one. */
    public String runFolder() {
        final String[] segments = location.key().split("/");
        return segments[segments.length - 2];
    }

    private static String problem(final S3Location location) {
        final String key = location.key();

        if (!key.endsWith("/")) {
            return "it does not end in a slash";
        }

        final String[] segments = key.substring(0, key.length() - 1).split("/", -1);

        if (segments.length < 2) {
            return "it is not below the folder of a run";
        }

        final String unusable = unusableFolder(key);

        if (unusable != null) {
            return unusable;
        }

        final String runFolder = segments[segments.length - 2];

        if (!isRunFolder(runFolder)) {
            return "the last folder but one, \"%s\", is not that of a run".formatted(runFolder);
        }

        final String tableFolder = segments[segments.length - 1];
        return TABLE_FOLDER.matcher(tableFolder).matches() ? null : "the last folder, \"%s\", is not that of a table".formatted(tableFolder);
    }

    /**
     * URLs resolve dot segments before they ask (RFC 3986, section 5.2.4), percent-encoded or not, so what is written there is found elsewhere or not at all. A backslash cannot be written into
     * UNLOAD.
     */
    private static String unusableFolder(final String key) {
        for (final String segment : key.split("/", -1)) {
            final String decoded = ENCODED_DOT.matcher(segment).replaceAll(".");

            if (decoded.equals(".") || decoded.equals("..")) {
                return "\"%s\" is not allowed as a folder".formatted(segment);
            }
        }

        if (key.indexOf('\\') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
            return "it holds a backslash or half a character, which no UNLOAD can name";
        }

        return null;
    }

    private static boolean isRunFolder(final String segment) {
        final Matcher matcher = RUN_FOLDER.matcher(segment);

        if (!matcher.matches() || !RUN_ID.matcher(matcher.group(2)).matches()) {
            return false;
        }

        try {
            LocalDateTime.parse(matcher.group(1), STARTED);
            return true;
        } catch (final DateTimeException e) {
            return false;
        }
    }

    /**
     * Names of letters, digits, _, $ and - give exactly two dots. All others get a third one with a hash after it, so that neither replaced characters nor dots inside names
     * can make two tables share a folder.
     */
    private static String tableFolder(final List<String> names) {
        final String joined = String.join(".", names);

        if (names.stream().noneMatch(name -> AMBIGUOUS.matcher(name).find())) {
            return joined;
        }

        return UNSAFE.matcher(joined).replaceAll("_") + "." + hash(String.join("\0", names));
    }

    private static String hash(final String text) {
        try {
            final byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
