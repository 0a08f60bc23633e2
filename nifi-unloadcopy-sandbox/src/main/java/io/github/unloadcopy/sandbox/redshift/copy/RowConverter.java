package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.FieldSplitter;
import io.github.unloadcopy.sandbox.redshift.text.RowError;
import io.github.unloadcopy.sandbox.redshift.text.Utf8;

import java.util.List;

/**
 * Checks the fields of a record against the columns they go to and writes them as PostgreSQL's COPY wants them. What only a type's own input function can tell is left to PostgreSQL.
 * Rules: "Data conversion parameters" and "Loading default column values" of the Redshift Database Developer Guide; lengths count bytes.
 */
final class RowConverter {

    private static final byte[] SEPARATOR = {'\t'};
    private static final byte[] LINE_END = {'\n'};
    private static final byte[] NULL = {'\\', 'N'};

    private final TargetColumn[] columns;
    private final CopyStatement.Conversions conversions;

    RowConverter(final List<TargetColumn> columns, final CopyStatement.Conversions conversions) {
        this.columns = columns.toArray(TargetColumn[]::new);
        this.conversions = conversions;
    }

    /**
     * Appends one row.
     *
     * @return null, or why the row cannot be loaded; nothing is appended then
     */
    RowError convert(final FieldSplitter fields, final ByteBuilder target) {
        if (fields.count() > columns.length) {
            return new RowError(RowError.TOO_MANY_COLUMNS, "Extra column(s) found", columns.length - 1, 0, "");
        }

        if (fields.count() < columns.length && !conversions.fillRecord()) {
            return new RowError(RowError.DELIMITER_NOT_FOUND, "Delimiter not found", fields.count() - 1, 0, fields.text(fields.count() - 1));
        }

        final int before = target.length();
        boolean first = true;
        for (int index = 0; index < columns.length; index++) {
            if (columns[index].loaded()) {
                if (!first) {
                    target.append(SEPARATOR);
                }

                first = false;
                final RowError error = column(fields, index, target);
                if (error != null) {
                    target.truncate(before);
                    return error;
                }
            }
        }

        target.append(LINE_END);
        return null;
    }

    private RowError column(final FieldSplitter fields, final int index, final ByteBuilder target) {
        final TargetColumn column = columns[index];
        final boolean character = TypeIds.isCharacter(column.typeId());
        if (isNull(fields, index, character)) {
            if (column.notNull()) {
                return new RowError(RowError.NOT_NULL, "Missing data for not-null field", index, 0, "");
            }

            target.append(NULL);
            return null;
        }

        if (index >= fields.count()) {
            return null;
        }

        final int start = fields.start(index);
        final int end = fields.end(index);
        final int invalid = Utf8.firstInvalid(fields.values(), start, end);
        if (invalid >= 0) {
            return new RowError(RowError.INVALID_UTF8, String.format("String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: %02x (error 4)",
                    fields.values()[invalid]), index, invalid - start, fields.text(index));
        }

        if (character) {
            return text(fields, index, start, end, target);
        }

        final boolean truncated = column.typeId() == TypeIds.NUMERIC && !conversions.roundDecimals();
        escape(fields.values(), start, truncated ? withoutExcessScale(fields.values(), start, end, TypeIds.scale(column.typeModifier())) : end, target);
        return null;
    }

    private boolean isNull(final FieldSplitter fields, final int index, final boolean character) {
        if (index >= fields.count()) {
            // FILLRECORD: missing character columns load as empty strings.
            return !character;
        }

        if (fields.isNull(index)) {
            return true;
        }

        final int start = fields.start(index);
        final int end = fields.end(index);
        if (start == end) {
            return !character || conversions.emptyAsNull();
        }

        return character && conversions.blanksAsNull() && isBlank(fields.values(), start, end);
    }

    private RowError text(final FieldSplitter fields, final int index, final int start, final int end, final ByteBuilder target) {
        final TargetColumn column = columns[index];
        final int limit = TypeIds.length(column.typeModifier());
        final byte[] values = fields.values();
        int last = end;
        if (limit >= 0 && end - start > limit) {
            if (!conversions.truncateColumns()) {
                return new RowError(RowError.TOO_LONG, "String length exceeds DDL length", index, 0, fields.text(index));
            }

            last = start + limit;
            while (last > start && (values[last] & 0xC0) == 0x80) {
                last--;
            }
        }

        if (column.typeId() == TypeIds.CHARACTER && !isAscii(values, start, last)) {
            return new RowError(RowError.INVALID_UTF8, "Multibyte character not supported for CHAR (Hint: try using VARCHAR)", index, 0, fields.text(index));
        }

        escape(values, start, last, target);
        return null;
    }

    private static void escape(final byte[] values, final int start, final int end, final ByteBuilder target) {
        target.reserve(2 * (end - start));
        int runStart = start;
        for (int position = start; position < end; position++) {
            final byte value = values[position];
            if (value == '\\' || value >= 0 && value < ' ') {
                target.append(values, runStart, position);
                runStart = position + 1;
                target.put((byte) '\\');
                target.put(escaped(value));
                target.reserve(2 * (end - position));
            }
        }

        target.append(values, runStart, end);
    }

    private static byte escaped(final byte value) {
        return switch (value) {
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            default -> value;
        };
    }

    private static int withoutExcessScale(final byte[] values, final int start, final int end, final int scale) {
        if (scale < 0) {
            return end;
        }

        int point = -1;
        for (int position = start; position < end; position++) {
            final byte value = values[position];
            if (value == '.' && point < 0) {
                point = position;
            } else if ((value < '0' || value > '9') && !(position == start && (value == '-' || value == '+'))) {
                return end;
            }
        }

        final boolean onlyFraction = point == start || point == start + 1 && (values[start] == '-' || values[start] == '+');
        if (point < 0 || end - point - 1 <= scale || scale == 0 && onlyFraction) {
            return end;
        }

        return point + 1 + scale;
    }

    private static boolean isBlank(final byte[] values, final int start, final int end) {
        for (int position = start; position < end; position++) {
            if (values[position] != ' ' && values[position] != '\t') {
                return false;
            }
        }

        return true;
    }

    private static boolean isAscii(final byte[] values, final int start, final int end) {
        for (int position = start; position < end; position++) {
            if (values[position] < 0) {
                return false;
            }
        }

        return true;
    }
}
