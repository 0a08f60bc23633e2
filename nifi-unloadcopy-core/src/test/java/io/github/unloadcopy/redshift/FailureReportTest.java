package io.github.unloadcopy.redshift;

import io.github.unloadcopy.kms.Secret;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FailureReportTest {
    @Test
    void namesSubjectReasonStateAndRemedy() {
        final FailureReport report = new FailureReport(new Authorization.Role("arn"), new DataEncryption.SseKms("key"));

        final RedshiftException failure = report.report("COPY into public.orders", new SQLException("ERROR: permission denied\n  for relation orders", "42501"), "Detail", "Nothing was loaded");

        assertEquals(Reason.PERMISSION_DENIED, failure.reason());
        assertEquals("COPY into public.orders failed: ERROR: permission denied for relation orders (SQLState 42501). Detail. Nothing was loaded. "
                + Reason.PERMISSION_DENIED.advice(), failure.getMessage());
        assertEquals("42501", ((SQLException) failure.getCause()).getSQLState());
    }

    @Test
    void showsNoSecretOfTheStatement() {
        final Authorization.AccessKey key = StatementFixtures.accessKey();

        try (Secret masterKey = StatementFixtures.masterKey()) {
            final FailureReport report = new FailureReport(key, new DataEncryption.ClientSide(masterKey));
            final RedshiftException failure = report.report("UNLOAD", new SQLException("%s/%s/%s".formatted(key.accessKeyId().text(), key.secretAccessKey().text(), masterKey.base64()), "XX000"));
            final String all = failure.getMessage() + failure.getCause();

            assertFalse(all.contains(key.accessKeyId().text()) || all.contains(key.secretAccessKey().text()) || all.contains(masterKey.base64()), all);
        }
    }

    @Test
    void cutsWhatIsTooLongForABulletin() {
        final FailureReport report = new FailureReport(new Authorization.Role("arn"), new DataEncryption.SseKms("key"));

        assertTrue(report.text("x".repeat(100_000)).length() < 1100);
        assertEquals("null", report.text(null));
    }
}
