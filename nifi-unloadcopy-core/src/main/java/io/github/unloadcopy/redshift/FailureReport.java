package io.github.unloadcopy.redshift;

import io.github.unloadcopy.kms.Secret;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Turns what the driver throws into what people read: redacted, classified, with the thing to mend. */
final class FailureReport {
    private static final int LONGEST_REASON = 1000;

    private final List<Secret> secrets;

    FailureReport(final Authorization authorization, final DataEncryption encryption) {
        secrets = new ArrayList<>();

        if (authorization instanceof final Authorization.AccessKey key) {
            secrets.add(key.accessKeyId());
            secrets.add(key.secretAccessKey());
        }

        if (encryption instanceof final DataEncryption.ClientSide clientSide) {
            secrets.add(clientSide.masterKey());
        }
    }

    /**
     * Reports a failed statement.
     *
     * @param subject what failed, such as "COPY into public.orders"
     * @param failure what the driver threw
     * @return the exception to throw
     */
    RedshiftException report(final String subject, final SQLException failure) {
        return report(subject, failure, "", "");
    }

    /**
     * Reports a failed statement.
     *
     * @param subject what failed, such as "COPY into public.orders"
     * @param failure what the driver threw
     * @param detail what is known beyond the driver's message, as a sentence; empty for nothing
     * @param outcome what became of the data, as a sentence; empty for nothing
     * @return the exception to throw
     */
    RedshiftException report(final String subject, final SQLException failure, final String detail, final String outcome) {
        final Reason reason = FailureClassifier.classify(failure);
        final String state = failure.getSQLState() == null ? "no SQLState" : "SQLState " + failure.getSQLState();
        final StringBuilder message = new StringBuilder("%s failed: %s (%s). ".formatted(subject, text(failure.getMessage()), state));
        append(message, detail);
        append(message, outcome);
        message.append(reason.advice());
        return new RedshiftException(reason, message.toString(), Redactor.redact(failure, secrets));
    }

    /** A driver's exception without secrets. */
    SQLException redact(final SQLException failure) {
        return Redactor.redact(failure, secrets);
    }

    /** One line of a server's message, without secrets, cut where it gets too long for a bulletin. */
    String text(final String raw) {
        final String line = Redactor.redact(String.valueOf(raw), secrets).replaceAll("\\s+", " ").strip();
        return line.length() > LONGEST_REASON ? line.substring(0, LONGEST_REASON) + "…" : line;
    }

    private static void append(final StringBuilder message, final String sentence) {
        if (!sentence.isEmpty()) {
            message.append(sentence).append(". ");
        }
    }
}
