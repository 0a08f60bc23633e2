package io.github.unloadcopy.redshift;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

class FailureClassifierTest {
    @ParameterizedTest
    @CsvSource({
            "28000, LOGIN_REFUSED", "28P01, LOGIN_REFUSED", "3D000, DATABASE_MISSING", "42P01, TABLE_MISSING", "3F000, TABLE_MISSING", "42703, COLUMN_MISSING", "42501, PERMISSION_DENIED",
            "57014, CANCELED", "57P01, CONNECTION_FAILED", "08001, CONNECTION_FAILED", "08006, CONNECTION_FAILED", "08S01, CONNECTION_FAILED", "22001, VALUE_TOO_LONG", "40001, CONFLICT",
            "XX000, OTHER", ", OTHER"})
    void knowsSqlStates(final String state, final Reason expected) {
        assertEquals(expected, FailureClassifier.classify(new SQLException("ERROR: something", state)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "ERROR: Load into table 'orders' failed.  Check 'stl_load_errors' system table for details.|LOAD_ERRORS",
            "ERROR: S3ServiceException:Access Denied,Status 403,Error AccessDenied,Rid 1,ExtRid x,CanRetry 1|S3_ACCESS_DENIED",
            "ERROR: S3ServiceException:The AWS Access Key Id you provided does not exist in our records.,Status 403,Error InvalidAccessKeyId|S3_ACCESS_DENIED",
            "ERROR: S3ServiceException:The specified bucket does not exist,Status 404,Error NoSuchBucket|S3_BUCKET_MISSING",
            "ERROR: S3ServiceException:The bucket you are attempting to access must be addressed using the specified endpoint.,Status 301,Error PermanentRedirect|S3_OTHER_REGION",
            "ERROR: Problem reading manifest file - S3ServiceException:The specified key does not exist.,Status 404,Error NoSuchKey|S3_OBJECT_MISSING",
            "ERROR: The specified S3 prefix 's3://b/x' does not exist|S3_OBJECT_MISSING",
            "ERROR: S3ServiceException:User: arn is not authorized to perform: kms:GenerateDataKey on resource,Status 403,Error AccessDenied|KMS_REFUSED",
            "ERROR: S3ServiceException:Key is disabled,Status 400,Error KMS.DisabledException|KMS_REFUSED",
            "ERROR: User arn:aws:redshift:… is not authorized to assume IAM Role arn:aws:iam::1:role/x|ROLE_REFUSED",
            "ERROR: 1023 DETAIL: Serializable isolation violation on table in Redshift|CONFLICT"})
    void knowsTheServersWords(final String message, final Reason expected) {
        assertEquals(expected, FailureClassifier.classify(new SQLException(message, "XX000")));
    }

    @Test
    void knowsTheDriversOwnTimeout() {
        assertEquals(Reason.CANCELED, FailureClassifier.classify(new SQLTimeoutException("timed out")));
    }

    /** HikariCP 6 and 7, and Commons DBCP 2 with Commons Pool 2.12, wrapped as NiFi's services wrap them. */
    @ParameterizedTest
    @ValueSource(strings = {
            "Redshift nifi@host:5439/dev - Connection is not available, request timed out after 30000ms (total=8, active=8, idle=0, waiting=3)",
            "java.util.NoSuchElementException: Timeout waiting for idle object, borrowMaxWaitDuration=PT0.5S"})
    void knowsAPoolWhoseConnectionsAreAllInUse(final String words) {
        final SQLException pool = new SQLException(words);

        assertEquals(Reason.POOL_EXHAUSTED, FailureClassifier.classify(pool));
        assertEquals(Reason.POOL_EXHAUSTED, FailureClassifier.classify(new SQLException("No connection", "08001", new IllegalStateException("Connection retrieval failed", pool))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"total=0, active=0, idle=0, waiting=1", "total=8, active=7, idle=0, waiting=1", "total=8, active=7, idle=1, waiting=1"})
    void poolThatCannotConnectIsNotExhausted(final String numbers) {
        final String words = "pool - Connection is not available, request timed out after 30000ms (%s)".formatted(numbers);

        assertEquals(Reason.CONNECTION_FAILED, FailureClassifier.classify(new SQLException("No connection", "08001", new SQLException(words))));
    }

    @Test
    void refusedConnectionDecidesOverTheNumbersOfThePool() {
        final SQLException cause = new SQLException("Connection refused", "08001");
        final String words = "pool - Connection is not available, request timed out after 30000ms (total=8, active=8, idle=0, waiting=0)";

        assertEquals(Reason.CONNECTION_FAILED, FailureClassifier.classify(new SQLException(words, "08001", cause)));
    }

    @Test
    void everyReasonHasAdvice() {
        for (final Reason reason : Reason.values()) {
            assertFalse(reason.advice().isBlank() || reason.advice().endsWith("."), reason.name());
        }
    }
}
