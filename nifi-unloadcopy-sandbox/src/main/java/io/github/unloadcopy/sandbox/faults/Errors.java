package io.github.unloadcopy.sandbox.faults;

import java.util.Map;

/**
 * Error codes that the sandbox has words and statuses for: S3's page "Error responses" (Amazon S3 API Reference), KMS's errors by operation (AWS KMS API Reference), PostgreSQL's appendix of
 * error codes, and what Redshift's clients report of 53100 and 1023.
 */
public final class Errors {

    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int INTERNAL_ERROR = 500;
    private static final int UNAVAILABLE = 503;
    private static final String SERIALIZABLE_VIOLATION = "1023";
    private static final String SQL_STATE = "[0-9A-Z]{5}";

    private static final Map<String, HttpError> S3 = Map.of(
            "SlowDown", new HttpError(UNAVAILABLE, "Please reduce your request rate."),
            "ServiceUnavailable", new HttpError(UNAVAILABLE, "Service is unable to handle request."),
            "InternalError", new HttpError(INTERNAL_ERROR, "We encountered an internal error. Please try again."),
            "RequestTimeout", new HttpError(BAD_REQUEST, "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed."),
            "AccessDenied", new HttpError(FORBIDDEN, "Access Denied"),
            "ExpiredToken", new HttpError(BAD_REQUEST, "The provided token has expired."),
            "RequestTimeTooSkewed", new HttpError(FORBIDDEN, "The difference between the request time and the current time is too large."),
            "NoSuchKey", new HttpError(NOT_FOUND, "The specified key does not exist."),
            "NoSuchUpload", new HttpError(NOT_FOUND, "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."));

    private static final Map<String, HttpError> KMS = Map.of(
            "ThrottlingException", new HttpError(BAD_REQUEST, "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."),
            "AccessDeniedException", new HttpError(BAD_REQUEST, "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access."),
            "KMSInternalException", new HttpError(INTERNAL_ERROR, "The request was rejected because an internal exception occurred. The request can be retried."),
            "DependencyTimeoutException", new HttpError(UNAVAILABLE, "The system timed out while trying to fulfill the request. The request can be retried."),
            "KeyUnavailableException", new HttpError(INTERNAL_ERROR, "The request was rejected because the specified KMS key was not available. You can retry the request."),
            "DisabledException", new HttpError(BAD_REQUEST, "The request was rejected because the specified KMS key is not enabled."),
            "ExpiredTokenException", new HttpError(BAD_REQUEST, "The security token included in the request is expired"));

    private static final Map<String, DatabaseError> REDSHIFT = Map.of(
            SERIALIZABLE_VIOLATION, new DatabaseError("XX000", SERIALIZABLE_VIOLATION,
                    "Serializable isolation violation on table - 100001, transactions forming the cycle are: 1001, 1002 (pid:1)"),
            "53100", new DatabaseError("53100", "Disk Full", """

                     -----------------------------------------------
                      error:  Disk Full
                      code:      1016
                      context:   node: 0
                      query:     0
                      location:  fdisk_api.cpp:0
                      process:   padbmaster [pid=0]
                      -----------------------------------------------"""),
            "53300", new DatabaseError("53300", "connection limit \"500\" exceeded for non-bootstrap users", null),
            "57014", new DatabaseError("57014", "canceling statement due to user request", null),
            "57P01", new DatabaseError("57P01", "terminating connection due to administrator command", null),
            "57P03", new DatabaseError("57P03", "the database system is starting up", null),
            "40001", new DatabaseError("40001", "could not serialize access due to concurrent update", null),
            "40P01", new DatabaseError("40P01", "deadlock detected", null));

    private Errors() {
    }

    /** What an HTTP service answers with. */
    public static HttpError http(final Service service, final Effect effect) {
        final HttpError known = known(service, effect.code());
        final int status = effect.status() == null ? known.status() : effect.status();
        return new HttpError(status, effect.message() == null && known != null ? known.message() : String.valueOf(effect.message()));
    }

    /** What Redshift answers with. */
    public static DatabaseError database(final Effect effect) {
        final DatabaseError known = REDSHIFT.get(effect.code());
        return known == null || effect.message() != null ? new DatabaseError(known == null ? effect.code() : known.state(), effect.message(), null) : known;
    }

    static void check(final Service service, final Effect effect) {
        if (effect.code() == null) {
            return;
        }

        if (service == Service.REDSHIFT) {
            if (!REDSHIFT.containsKey(effect.code()) && (!effect.code().matches(SQL_STATE) || effect.message() == null)) {
                throw new IllegalArgumentException("effect.code is one of " + REDSHIFT.keySet().stream().sorted().toList() + ", or any SQLSTATE together with effect.message.");
            }
        } else if (known(service, effect.code()) == null && (effect.status() == null || effect.message() == null)) {
            throw new IllegalArgumentException("effect.code is one of " + (service == Service.S3 ? S3 : KMS).keySet().stream().sorted().toList()
                    + ", or any other together with effect.status and effect.message.");
        }

        if (effect.status() != null && (effect.status() < BAD_REQUEST || effect.status() > 599)) {
            throw new IllegalArgumentException("effect.status is from 400 to 599.");
        }
    }

    private static HttpError known(final Service service, final String code) {
        return (service == Service.S3 ? S3 : KMS).get(code);
    }

    /** A refusal over HTTP. */
    public record HttpError(int status, String message) {
    }

    /**
     * A refusal by Redshift.
     *
     * @param state SQLSTATE
     * @param detail null for none
     */
    public record DatabaseError(String state, String message, String detail) {
    }
}
