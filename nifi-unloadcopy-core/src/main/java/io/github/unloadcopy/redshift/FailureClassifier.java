package io.github.unloadcopy.redshift;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells from SQLState and words of the server what kind of failure it is. Redshift reports most of COPY's and UNLOAD's failures as XX000, so the words count more, and the code of its own that a
 * compute node's failure has in its detail: "error: ... code: ... context: ... query: ... location: ... process: ...".
 */
final class FailureClassifier {
    private static final int DEEPEST_CAUSE = 20;
    private static final Map<String, Reason> STATES = Map.ofEntries(
            Map.entry("3D000", Reason.DATABASE_MISSING),
            Map.entry("42P01", Reason.TABLE_MISSING),
            Map.entry("3F000", Reason.TABLE_MISSING),
            Map.entry("42809", Reason.NOT_A_TABLE),
            Map.entry("42703", Reason.COLUMN_MISSING),
            Map.entry("42501", Reason.PERMISSION_DENIED),
            Map.entry("57014", Reason.CANCELED),
            Map.entry("57P01", Reason.SESSION_TERMINATED),
            Map.entry("57P02", Reason.SESSION_TERMINATED),
            Map.entry("57P03", Reason.CLUSTER_UNAVAILABLE),
            Map.entry("53100", Reason.DISK_FULL),
            Map.entry("53200", Reason.OUT_OF_MEMORY),
            Map.entry("53300", Reason.TOO_MANY_CONNECTIONS),
            Map.entry("25006", Reason.READ_ONLY),
            Map.entry("2BP01", Reason.DEPENDENT_VIEWS),
            Map.entry("22001", Reason.VALUE_TOO_LONG),
            Map.entry("40001", Reason.CONFLICT),
            Map.entry("40P01", Reason.CONFLICT));

    /** Redshift's own codes that mean one thing; most failures of COPY and UNLOAD share 8001, and those of Spectrum 15001. */
    private static final Map<Integer, Reason> CODES = Map.of(1016, Reason.DISK_FULL, 1018, Reason.CONFLICT, 1020, Reason.CANCELED, 1023, Reason.CONFLICT, 15005, Reason.S3_UNREACHABLE);

    /** The first that is found decides: a load error may quote S3, and KMS' refusals come in S3's words. */
    private static final List<Words> WORDS = List.of(
            new Words(Reason.LOAD_ERRORS, "Load into table '.*' failed|stl_load_errors|sys_load_error_detail|Unmatched number of columns between table and file"),
            new Words(Reason.ROLE_REFUSED, "not authorized to assume|AssumeRole|not authorized to get credentials of role|IAM role .*(?:not valid|not associated|does not exist)"),
            new Words(Reason.CREDENTIALS_EXPIRED, "ExpiredToken|(?:provided|security) token (?:included in the request )?(?:has|is) expired"),
            new Words(Reason.KMS_REFUSED, "KMS\\.|KMS key|\\bkms:|KMSInvalidState|DisabledException"),
            new Words(Reason.S3_BUCKET_MISSING, "NoSuchBucket|specified bucket does not exist"),
            new Words(Reason.S3_OTHER_REGION, "PermanentRedirect|different region|must be addressed using the specified endpoint|AuthorizationHeaderMalformed|is in another region|region .* is wrong"),
            new Words(Reason.S3_OBJECT_MISSING, "NoSuchKey|specified key does not exist|S3 prefix .* does not exist"),
            new Words(Reason.S3_ACCESS_DENIED, "S3ServiceException.*(?:Access ?Denied|Forbidden|Status 403)|Error AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|Access Denied"),
            new Words(Reason.S3_BUSY, "S3ServiceException.*(?:Status 50[03]\\b)|Error (?:SlowDown|InternalError|ServiceUnavailable|RequestTimeout)\\b|reduce your request rate"
                    + "|S3 Query Exception.*Resource temporarily unavailable"),
            new Words(Reason.S3_UNREACHABLE, "S3CurlException|S3 ?Query Exception Connection failed|\\bcurlCode: \\d+|Could not resolve host|Failed to connect to \\S*(?:s3|amazonaws)"),
            new Words(Reason.WORKLOAD_LIMIT, "cancell?ed by WLM"),
            new Words(Reason.DISK_FULL, "ERROR:\\s*Disk Full|No space left on device"),
            new Words(Reason.OUT_OF_MEMORY, "ERROR:\\s*Out of memory|\\berror:\\s+Out of memory"),
            new Words(Reason.CONFLICT, "Serializable isolation violation|deadlock detected|ERROR:\\s*1018\\b"),
            new Words(Reason.CANCELED, "cancell?ed on user's request|canceling statement due to|system requested abort"),
            new Words(Reason.SESSION_TERMINATED, "terminating connection due to administrator command|terminating connection because of crash"),
            new Words(Reason.CLUSTER_UNAVAILABLE, "the database system is (?:starting up|shutting down|in recovery mode)"),
            new Words(Reason.TOO_MANY_CONNECTIONS, "connection limit \"\\d+\" exceeded|too many connections for|remaining connection slots are reserved"),
            new Words(Reason.READ_ONLY, "transaction is read-only|in a read-only transaction"),
            new Words(Reason.LOGIN_REFUSED, "password authentication failed"));

    /** What a compute node, or the leader on its behalf, tells beside its message; some of the lines may be missing, and their ends be blanks. */
    private static final Pattern DETAIL = Pattern.compile("\\berror:\\s.*?\\bcode:\\s+(\\d{1,9})\\s+context:", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /**
     * The words of HikariCP, when it has connections and lends all of them, and of Apache Commons Pool behind DBCP. Both give a connection that cannot be made as the cause, which has words of its own
     * then.
     */
    private static final Pattern POOL_EXHAUSTED = Pattern.compile("request timed out after \\d+ms \\(total=([1-9]\\d*), active=\\1, idle=0,|Timeout waiting for idle object");

    private FailureClassifier() {
    }

    /**
     * Classifies a failure.
     *
     * @param failure what the driver threw, or a pool or a service around it
     * @return the kind; OTHER when nothing is known about it
     */
    static Reason classify(final SQLException failure) {
        final List<Throwable> chain = chain(failure);

        for (final Throwable link : chain) {
            final Reason reason = byMessage(String.valueOf(link.getMessage()));

            if (reason != null) {
                return reason;
            }
        }

        if (POOL_EXHAUSTED.matcher(String.valueOf(chain.getLast().getMessage())).find()) {
            return Reason.POOL_EXHAUSTED;
        }

        return byStates(chain);
    }

    /** The failure and what it was caused by, outermost first: connection pooling services wrap what their pool says, and that what the driver says. */
    private static List<Throwable> chain(final SQLException failure) {
        final List<Throwable> chain = new ArrayList<>();
        Throwable link = failure;

        // Causes may form a cycle.
        while (link != null && chain.size() <= DEEPEST_CAUSE) {
            chain.add(link);
            link = link.getCause();
        }

        return chain;
    }

    private static Reason byMessage(final String message) {
        final Matcher detail = DETAIL.matcher(message);

        if (detail.find() && CODES.containsKey(Integer.valueOf(detail.group(1)))) {
            return CODES.get(Integer.valueOf(detail.group(1)));
        }

        return WORDS.stream().filter(words -> words.pattern().matcher(message).find()).map(Words::reason).findFirst().orElse(null);
    }

    /** A state that tells more than that there is no connection decides, whoever wrapped it. */
    private static Reason byStates(final List<Throwable> chain) {
        Reason found = Reason.OTHER;

        for (final Throwable link : chain) {
            final Reason reason = link instanceof final SQLException sql ? byState(sql) : Reason.OTHER;

            if (reason != Reason.OTHER && reason != Reason.CONNECTION_FAILED) {
                return reason;
            }

            found = found == Reason.OTHER ? reason : found;
        }

        return found;
    }

    private static Reason byState(final SQLException failure) {
        if (failure instanceof SQLTimeoutException) {
            return Reason.CANCELED;
        }

        final String state = failure.getSQLState() == null ? "" : failure.getSQLState();

        if (state.startsWith("08")) {
            return Reason.CONNECTION_FAILED;
        }

        if (state.startsWith("28")) {
            return Reason.LOGIN_REFUSED;
        }

        return STATES.getOrDefault(state, Reason.OTHER);
    }

    private record Words(Reason reason, Pattern pattern) {
        Words(final Reason reason, final String regex) {
            this(reason, Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.DOTALL));
        }
    }
}
