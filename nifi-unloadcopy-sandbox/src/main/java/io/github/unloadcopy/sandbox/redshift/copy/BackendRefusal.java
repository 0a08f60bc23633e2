package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.text.RowError;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What PostgreSQL said of a row that it would not take, in Redshift's terms.
 *
 * @param row number of the row, from 0, over all files
 * @param column null when it named none
 */
record BackendRefusal(long row, TargetColumn column, int columnIndex, String value, String message) {

    /** The context of an error in COPY: {@code COPY t, line 3, column b: "x"}, after that of the sandbox's own input functions. */
    private static final Pattern CONTEXT = Pattern.compile("(?:PL/pgSQL [^\n]*\n)*COPY .*?, line (\\d+)(?:, column (.*?)(?:: (?:\"(.*)\"|null input))?)?(?:\n.*)?", Pattern.DOTALL);
    /** A notice of a row that was left out. */
    private static final Pattern SKIPPED = Pattern.compile("skipping row due to data type incompatibility at line (\\d+) for column \"?(.*?)\"?: (?:\"(.*)\"|null input)", Pattern.DOTALL);

    /** Reads an error, or returns null when it is not about a row's data. */
    static BackendRefusal ofError(final SqlError error, final List<TargetColumn> columns) {
        final boolean data = error.state().startsWith("22") || error.state().equals("23502");
        if (!data || error.context() == null) {
            return null;
        }

        return read(CONTEXT.matcher(error.context()), error.getMessage(), columns);
    }

    /** Reads a notice, or returns null when it is about something else. */
    static BackendRefusal ofNotice(final SqlError notice, final List<TargetColumn> columns) {
        return read(SKIPPED.matcher(notice.getMessage()), notice.getMessage(), columns);
    }

    private static BackendRefusal read(final Matcher matcher, final String message, final List<TargetColumn> columns) {
        if (!matcher.matches()) {
            return null;
        }

        final long row = Long.parseLong(matcher.group(1)) - 1;
        for (int index = 0; index < columns.size(); index++) {
            if (columns.get(index).name().equals(matcher.group(2))) {
                return new BackendRefusal(row, columns.get(index), index, matcher.group(3) == null ? "" : matcher.group(3), message);
            }
        }

        return new BackendRefusal(row, null, -1, "", message);
    }

    RowError error() {
        if (column == null) {
            return new RowError(RowError.UNKNOWN, message, -1, 0, value);
        }

        return switch (column.typeId()) {
            case TypeIds.SMALLINT, TypeIds.INTEGER, TypeIds.BIGINT -> new RowError(RowError.INTEGER_OVERFLOW, message, columnIndex, 0, value);
            // Digits are checked before PostgreSQL sees them: what is left is the range.
            case TypeIds.NUMERIC -> new RowError(RowError.TOO_LONG, "Overflow, Column type: Decimal", columnIndex, 0, value);
            case TypeIds.REAL, TypeIds.DOUBLE -> new RowError(RowError.INVALID_FLOAT, "Invalid float format or value", columnIndex, 0, value);
            case TypeIds.BOOLEAN -> new RowError(RowError.INVALID_BOOLEAN, "Unknown boolean format", columnIndex, 0, value);
            case TypeIds.DATE -> new RowError(RowError.INVALID_DATE, "Invalid Date Format [auto]", columnIndex, 0, value);
            case TypeIds.TIMESTAMP, TypeIds.TIMESTAMPTZ -> new RowError(RowError.INVALID_TIMESTAMP, "Invalid timestamp format or value [auto]", columnIndex, 0, value);
            case TypeIds.TIME, TypeIds.TIMETZ -> new RowError(RowError.INVALID_TIMESTAMP, "Invalid time format or value", columnIndex, 0, value);
            case TypeIds.JSONB -> new RowError(RowError.INVALID_JSON, "Invalid JSON format for super", columnIndex, 0, value);
            default -> new RowError(RowError.UNKNOWN, message, columnIndex, 0, value);
        };
    }
}
