package io.github.unloadcopy.redshift;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Set;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FailureClassifierTest {
    @ParameterizedTest
    @CsvSource({
            "28000, LOGIN_REFUSED", "28P01, LOGIN_REFUSED", "3D000, DATABASE_MISSING", "42P01, TABLE_MISSING", "3F000, TABLE_MISSING", "42703, COLUMN_MISSING", "42501, PERMISSION_DENIED",
            "57014, CANCELED", "57P01, SESSION_TERMINATED", "57P02, SESSION_TERMINATED", "57P03, CLUSTER_UNAVAILABLE", "53100, DISK_FULL", "53200, OUT_OF_MEMORY", "53300, TOO_MANY_CONNECTIONS",
            "25006, READ_ONLY", "08001, CONNECTION_FAILED", "08006, CONNECTION_FAILED", "08S01, CONNECTION_FAILED", "22001, VALUE_TOO_LONG", "40001, CONFLICT",
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

    /** What clusters have said, as far as it was published, and where. */
    static Stream<Arguments> messagesOfClusters() {
        return Stream.of(
                // github.com/metabase/metabase/issues/28136, awslabs/aws-lambda-redshift-loader/issues/68, PostHog/posthog/pull/64160
                message(Reason.CANCELED, "XX000", detailed("abort query", "1020", "system requested abort", "397994178", "queryabort.hpp:83", "padbmaster [pid=30679]")),
                message(Reason.CANCELED, "XX000",
                        "ERROR: abort query  DETAIL:  error: abort query code: 1020 context: system requested abort query: 1903 location: queryabort.cpp:347 process: padbmaster [pid=13787]"),
                message(Reason.CANCELED, "XX000", "abort query\nDETAIL:\n  error:  abort query\n  code:      1020\n  context:   system requested abort\n  location:  queryabort.hpp:103\n"),
                // github.com/metabase/metabase/issues/36770, practo/tipoca-stream/issues/144; page statement_timeout of the Redshift Database Developer Guide
                message(Reason.CANCELED, "57014", "ERROR: Query (15291261) cancelled on user's request"),
                message(Reason.CANCELED, "XX000", "ERROR: Query (150) canceled on user's request"),
                // repost.aws/knowledge-center/redshift-query-abort
                message(Reason.WORKLOAD_LIMIT, "57014", "ERROR: Query (500029) cancelled by WLM abort action of Query Monitoring Rule \"testrule\"."),
                // stackoverflow.com/questions/42762587; the detail is from a loader's published page of errors
                message(Reason.DISK_FULL, "XX000", detailed("Disk Full", "1016", "node: 3", "1005177", "fdisk_api.cpp:345", "query3_66 [pid=27629]")),
                // PostgreSQL 8.0, src/backend/utils/mmgr/aset.c
                message(Reason.OUT_OF_MEMORY, "53200", "ERROR: out of memory\n  Detail: Failed on request of size 1048576."),
                // github.com/airbytehq/airbyte/pull/23523
                message(Reason.TOO_MANY_CONNECTIONS, "53300", "FATAL: connection limit \"500\" exceeded for non-bootstrap users"),
                message(Reason.TOO_MANY_CONNECTIONS, "XX000", "[Amazon](500310) Invalid operation: connection limit \"500\" exceeded for non-bootstrap users;"),
                // github.com/harrystech/arthur-redshift-etl/pull/134
                message(Reason.S3_UNREACHABLE, "XX000", detailed("S3Query Exception Connection failed, retries exceeded.", "15005", "", "15067689", "dory_util.cpp:844",
                        "query1_555_15067689 [pid=42951]")),
                message(Reason.S3_BUSY, "XX000", detailed("S3 Query Exception (Execute)", "15001", "boost::thread_resource_error: Resource temporarily unavailable", "15067275", "dory_util.cpp:913",
                        "query1_770_15067275 [pid=39704]")),
                // Seen on a cluster; the other words are libcurl's for the same class of failures
                message(Reason.S3_UNREACHABLE, "XX000", "ERROR: S3CurlException: Connection timed out"),
                message(Reason.S3_UNREACHABLE, "XX000", "ERROR: S3CurlException: Could not resolve host: staging.s3.eu-central-1.amazonaws.com"),
                message(Reason.S3_UNREACHABLE, "XX000", "ERROR: Failed to connect to s3.eu-central-1.amazonaws.com port 443"),
                // The form is that of the message about InvalidAccessKeyId below, which was published; words and codes are S3's: "Error Responses", Amazon S3 API Reference
                message(Reason.CREDENTIALS_EXPIRED, "XX000", detailed("S3ServiceException:The provided token has expired.,Status 400,Error ExpiredToken,Rid 1,ExtRid x,CanRetry 1", "8001",
                        "Listing bucket=b prefix=p", "0", "s3_utility.cpp:840", "padbmaster [pid=19490]")),
                message(Reason.CREDENTIALS_EXPIRED, "XX000", "ERROR: The security token included in the request is expired"),
                message(Reason.S3_BUSY, "XX000", "ERROR: S3ServiceException:Please reduce your request rate.,Status 503,Error SlowDown,Rid 1,ExtRid x,CanRetry 1"),
                message(Reason.S3_BUSY, "XX000", "ERROR: S3ServiceException:We encountered an internal error. Please try again.,Status 500,Error InternalError,Rid 1,ExtRid x,CanRetry 1"),
                message(Reason.S3_ACCESS_DENIED, "XX000", detailed(
                        "S3ServiceException:The AWS Access Key Id you provided does not exist in our records.,Status 403,Error InvalidAccessKeyId,Rid D,ExtRid 5,CanRetry 1",
                        "8001", "Listing bucket=mwaa-redshift-blog prefix=files//movie_demo_", "0", "s3_utility.cpp:840", "padbmaster [pid=19490]")),
                message(Reason.S3_OBJECT_MISSING, "XX000", detailed("The specified S3 prefix 'adx_daily_campaigns-20141215' does not exist", "8001", "", "337082", "s3_utility.cpp:539",
                        "padbmaster [pid=1320]")),
                message(Reason.ROLE_REFUSED, "XX000", detailed("User arn:aws:redshift:us-west-2:1:dbuser:dwhcluster/dwhuser is not authorized to assume IAM Role dwhRole", "8001",
                        "IAM Role=dwhRole", "1003", "xen_aws_credentials_mgr.cpp:321", "padbmaster [pid=24709]")),
                message(Reason.LOAD_ERRORS, "XX000", detailed("S3 Query Exception (Fetch)", "15001",
                        "Task failed due to an internal error. Unmatched number of columns between table and file. Table columns: 23", "1", "dory_util.cpp:913", "query1 [pid=1]")),
                // PostgreSQL 8.0, src/backend/tcop/postgres.c and src/backend/postmaster/postmaster.c
                message(Reason.SESSION_TERMINATED, "57P01", "FATAL: terminating connection due to administrator command"),
                message(Reason.SESSION_TERMINATED, "XX000", "FATAL: terminating connection due to administrator command"),
                message(Reason.CLUSTER_UNAVAILABLE, "57P03", "FATAL: the database system is starting up"),
                message(Reason.CLUSTER_UNAVAILABLE, "XX000", "FATAL: the database system is shutting down"),
                // "During the resize operation, the cluster is read-only": "Resizing clusters", Redshift Management Guide; the words are PostgreSQL 8.0's and later ones
                message(Reason.READ_ONLY, "25006", "ERROR: transaction is read-only"),
                message(Reason.READ_ONLY, "25006", "ERROR: cannot execute COPY in a read-only transaction"),
                // Published as well, and nothing that has advice of its own
                message(Reason.OTHER, "XX000", detailed("Could not execute query:", "19002", "cursor \"<unnamed portal 2>\" already exists", "599", "burst_client.cpp:800", "padbmaster [pid=111339]")),
                message(Reason.OTHER, "XX000", detailed("query engine", "1014", "max rowsets exceeded", "185611517[child_sequence:1]", "tbl_trans.cpp:650", "padbmaster [pid=1073865171]")));
    }

    private static Arguments message(final Reason reason, final String state, final String text) {
        return Arguments.of(reason, state, text);
    }

    /** A compute node's failure as the driver gives it. */
    private static String detailed(final String error, final String code, final String context, final String query, final String location, final String process) {
        final String line = "-----------------------------------------------";
        return "ERROR: %1$s\n  Detail: \n  %2$s\n  error:  %1$s\n  code:      %3$s\n  context:   %4$s\n  query:     %5$s\n  location:  %6$s\n  process:   %7$s\n  %2$s\n"
                .formatted(error, line, code, context, query, location, process);
    }

    @ParameterizedTest
    @MethodSource("messagesOfClusters")
    void knowsWhatClustersSay(final Reason expected, final String state, final String text) {
        final SQLException failure = new SQLException(text, state);
        assertEquals(expected, FailureClassifier.classify(failure));

        // On one line, as logs and some services have it; and wrapped by a pool and a service.
        assertEquals(expected, FailureClassifier.classify(new SQLException(text.replaceAll("\\s+", " "), state)));
        assertEquals(expected == Reason.OTHER ? Reason.CONNECTION_FAILED : expected,
                FailureClassifier.classify(new SQLException("No connection", "08001", new IllegalStateException("Connection retrieval failed", failure))));
    }

    @Test
    void aCodeInTheTextOfAStatementIsNone() {
        assertEquals(Reason.OTHER, FailureClassifier.classify(new SQLException("ERROR: function f(code: 1016) is wrong", "XX000")));
        assertEquals(Reason.OTHER, FailureClassifier.classify(new SQLException("ERROR: value 1020 is out of range", "XX000")));
    }

    @Test
    void whatHasBegunIsNotRetriedByItself() {
        for (final Reason reason : Reason.values()) {
            assertEquals(Set.of(Reason.POOL_EXHAUSTED, Reason.TOO_MANY_CONNECTIONS, Reason.CLUSTER_UNAVAILABLE).contains(reason), reason.isRetried(), reason.name());
        }
    }

    /** The table of reasons in the project's README names each of them. */
    @Test
    void everyReasonIsInTheReadme() throws IOException {
        final String readme = Files.readString(Path.of("..", "README.md"));

        for (final Reason reason : Reason.values()) {
            assertTrue(readme.contains("`" + reason.name() + "`"), reason.name());
        }
    }

    @Test
    void everyReasonHasAdviceOfItsOwn() {
        assertEquals(Reason.values().length, Stream.of(Reason.values()).map(Reason::advice).distinct().count());
    }
}
