package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.sql.SqlError;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code CANCEL}, {@code pg_cancel_backend} and {@code pg_terminate_backend} ask of the front, which alone knows of statements that it runs itself: the SQL function that checks the privilege
 * sends it as a notice, which takes effect at once and never reaches the client.
 *
 * @param terminate whether the session ends, not only its statement
 * @param processId of the session's backend
 * @param message what the session is told of a cancelled statement, null for the default
 */
record SessionSignal(boolean terminate, int processId, String message) {

    /** Longer notices are none of these: a message is part of a statement's text. */
    static final int LONGEST = 1 << 16;
    private static final String STATE = "UCSIG";
    private static final Pattern TEXT = Pattern.compile("(cancel|terminate) (\\d{1,9})(?: (.*))?", Pattern.DOTALL);

    /**
     * Reads a notice.
     *
     * @return null when it is an ordinary one
     */
    static SessionSignal of(final SqlError notice) {
        final Matcher text = TEXT.matcher(notice.getMessage());
        return notice.state().equals(STATE) && text.matches() ? new SessionSignal(text.group(1).equals("terminate"), Integer.parseInt(text.group(2)), text.group(3)) : null;
    }

    /** What the session is told, null for the default. */
    SqlError reason() {
        if (terminate) {
            return new SqlError(SqlError.ADMIN_SHUTDOWN, "terminating connection due to administrator command");
        }

        return message == null ? null : new SqlError(SqlError.CANCELED, message);
    }
}
