package io.github.unloadcopy.redshift;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Tells from SQLState and words of the server what kind of failure it is. Redshift reports most of COPY's and UNLOAD's failures as XX000, so the words count more. */
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
            Map.entry("57P01", Reason.CONNECTION_FAILED),
            Map.entry("57P02", Reason.CONNECTION_FAILED),
            Map.entry("57P03", Reason.CONNECTION_FAILED),
            Map.entry("2BP01", Reason.DEPENDENT_VIEWS),
            Map.entry("22001", Reason.VALUE_TOO_LONG),
            Map.entry("40001", Reason.CONFLICT),
            Map.entry("40P01", Reason.CONFLICT));

    /** The first that is found decides: a load error may quote S3, and KMS' refusals come in S3's words. */
    private static final List<Words> WORDS = List.of(
            new Words(Reason.LOAD_ERRORS, "Load into table '.*' failed|stl_load_errors|sys_load_error_detail"),
            new Words(Reason.ROLE_REFUSED, "not authorized to assume|AssumeRole|not authorized to get credentials of role|IAM role .*(?:not valid|not associated|does not exist)"),
            new Words(Reason.KMS_REFUSED, "KMS\\.|KMS key|\\bkms:|KMSInvalidState|DisabledException"),
            new Words(Reason.S3_BUCKET_MISSING, "NoSuchBucket|specified bucket does not exist"),
            new Words(Reason.S3_OTHER_REGION, "PermanentRedirect|different region|must be addressed using the specified endpoint|AuthorizationHeaderMalformed|is in another region|region .* is wrong"),
            new Words(Reason.S3_OBJECT_MISSING, "NoSuchKey|specified key does not exist|S3 prefix .* does not exist"),
            new Words(Reason.S3_ACCESS_DENIED, "S3ServiceException.*(?:Access ?Denied|Forbidden|Status 403)|Error AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|Access Denied"),
            new Words(Reason.CONFLICT, "Serializable isolation violation|deadlock detected|ERROR:\\s*1018\\b"),
            new Words(Reason.LOGIN_REFUSED, "password authentication failed"));

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
     * @param failure what the driver threw
     * @return the kind; OTHER when nothing is known about it
     */
    static Reason classify(final SQLException failure) {
        final String message = String.valueOf(failure.getMessage());

        for (final Words words : WORDS) {
            if (words.pattern().matcher(message).find()) {
                return words.reason();
            }
        }

        if (POOL_EXHAUSTED.matcher(String.valueOf(origin(failure).getMessage())).find()) {
            return Reason.POOL_EXHAUSTED;
        }

        return byState(failure);
    }

    /** The failure that all others were caused by: connection pooling services wrap what their pool says. */
    private static Throwable origin(final SQLException failure) {
        Throwable origin = failure;

        // Causes may form a cycle.
        for (int depth = 0; depth < DEEPEST_CAUSE && origin.getCause() != null; depth++) {
            origin = origin.getCause();
        }

        return origin;
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
