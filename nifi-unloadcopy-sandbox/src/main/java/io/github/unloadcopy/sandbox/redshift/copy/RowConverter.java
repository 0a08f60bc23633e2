package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.FieldSplitter;
import io.github.unloadcopy.sandbox.redshift.text.RowError;
import io.github.unloadcopy.sandbox.redshift.text.Utf8;

import java.util.List;

/**
 * Checks the fields of a record against the columns they go to and writes them as PostgreSQL's COPY wants them.
 * Rules: "Data conversion parameters" and "Loading default column values" of the Redshift Database Developer Guide; lengths count bytes. A delimiter at the end of a record is no field:
 * the guide's examples load such files.
 */
final class RowConverter {

    private static final byte[] SEPARATOR = {'\t'};
    private static final byte[] LINE_END = {'\n'};
    private static final byte[] NULL = {'\\', 'N'};
    private static final int INVALID_NUL = -1;

    private final TargetColumn[] columns;
    private final CopyStatement.Conversions conversions;
    private final ValueConverter values;
    private final ByteBuilder repaired = new ByteBuilder(64);
    private boolean replacing;
    private long replacedRows;

    RowConverter(final List<TargetColumn> columns, final CopyStatement.Conversions conversions) {
        this.columns = columns.toArray(TargetColumn[]::new);
        this.conversions = conversions;
        this.values = new ValueConverter(conversions);
    }

    /** Rows in which ACCEPTINVCHARS replaced something. */
    long replacedRows() {
        return replacedRows;
    }

    /**
     * Appends one row.
     *
     * @return null, or why the row cannot be loaded; nothing is appended then
     */
    RowError convert(final FieldSplitter fields, final ByteBuilder target) {
        int count = fields.count();
        if (count == columns.length + 1 && fields.start(count - 1) == fields.end(count - 1)) {
            count--;
        }

        if (count > columns.length) {
            return new RowError(RowError.TOO_MANY_COLUMNS, "Extra column(s) found", columns.length - 1, 0, "");
        }

        if (count < columns.length && !conversions.fillRecord()) {
            return new RowError(RowError.DELIMITER_NOT_FOUND, "Delimiter not found", count - 1, 0, fields.text(count - 1));
        }

        final int before = target.length();
        replacing = false;
        boolean first = true;
        for (int index = 0; index < columns.length; index++) {
            if (columns[index].loaded()) {
                if (!first) {
                    target.append(SEPARATOR);
                }

                first = false;
                final RowError error = index < count ? column(fields, index, target) : missing(index, target);
                if (error != null) {
                    target.truncate(before);
                    return error;
                }
            }
        }

        target.append(LINE_END);
        replacedRows += replacing ? 1 : 0;
        return null;
    }

    /** FILLRECORD: VARCHAR columns get an empty string, others NULL, as VARCHAR columns do with EMPTYASNULL. */
    private RowError missing(final int index, final ByteBuilder target) {
        final int typeId = columns[index].typeId();
        final boolean empty = TypeIds.isCharacter(typeId) && typeId != TypeIds.CHARACTER && !conversions.emptyAsNull();
        return empty ? null : nullValue(index, target);
    }

    private RowError nullValue(final int index, final ByteBuilder target) {
        if (columns[index].notNull()) {
            return new RowError(RowError.NOT_NULL, "Missing data for not-null field", index, 0, "");
        }

        target.append(NULL);
        return null;
    }

    private RowError column(final FieldSplitter fields, final int index, final ByteBuilder target) {
        final TargetColumn column = columns[index];
        final boolean character = TypeIds.isCharacter(column.typeId());
        if (isNull(fields, index, character)) {
            return nullValue(index, target);
        }

        if (character) {
            return text(fields, index, target);
        }

        final RowError invalid = checkEncoding(fields, index);
        if (invalid != null) {
            return invalid;
        }

        final ValueConverter.Failure failure = values.convert(fields.values(), fields.start(index), fields.end(index), column, target);
        if (failure == null) {
            return null;
        }

        return failure == ValueConverter.NULL ? nullValue(index, target) : new RowError(failure.code(), failure.message(), index, failure.position(), fields.text(index));
    }

    private boolean isNull(final FieldSplitter fields, final int index, final boolean character) {
        if (fields.isNull(index)) {
            return true;
        }

        final int start = fields.start(index);
        final int end = fields.end(index);
        if (start == end) {
            return !character || conversions.emptyAsNull();
        }

        return (!character || conversions.blanksAsNull()) && isBlank(fields.values(), start, end);
    }

    private RowError text(final FieldSplitter fields, final int index, final ByteBuilder target) {
        final TargetColumn column = columns[index];
        final boolean fixed = column.typeId() == TypeIds.CHARACTER;
        final boolean repairing = conversions.replacement() != null && !fixed;
        if (!repairing) {
            final RowError invalid = fixed ? checkSingleByte(fields, index) : checkEncoding(fields, index);
            if (invalid != null) {
                return invalid;
            }
        }

        final byte[] bytes = fields.values();
        final int start = fields.start(index);
        int end = fields.end(index);
        if (conversions.trimBlanks() && !fixed) {
            end = withoutBlanks(bytes, start, end);
        }

        final int limit = TypeIds.length(column.typeModifier());
        if (limit >= 0 && end - start > limit) {
            if (!conversions.truncateColumns()) {
                return new RowError(RowError.TOO_LONG, "String length exceeds DDL length", index, 0, fields.text(index));
            }

            end = start + limit;
            while (end > start && (bytes[end] & 0xC0) == 0x80) {
                end--;
            }
        }

        return repairing ? repaired(fields, index, end, target) : escaped(fields, index, bytes, start, end, target);
    }

    private RowError repaired(final FieldSplitter fields, final int index, final int end, final ByteBuilder target) {
        repaired.clear();
        replacing |= Utf8.repair(fields.values(), fields.start(index), end, conversions.replacement(), repaired);
        return escaped(fields, index, repaired.bytes(), 0, repaired.length(), target);
    }

    private static RowError escaped(final FieldSplitter fields, final int index, final byte[] bytes, final int start, final int end, final ByteBuilder target) {
        if (escape(bytes, start, end, target) != INVALID_NUL) {
            return null;
        }

        return new RowError(RowError.INVALID_UTF8, "String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: 00 (the sandbox cannot store it)", index, 0, fields.text(index));
    }

    private static RowError checkEncoding(final FieldSplitter fields, final int index) {
        final int start = fields.start(index);
        final int end = fields.end(index);
        final byte[] bytes = fields.values();
        final int invalid = Utf8.firstInvalid(bytes, start, end);
        if (invalid < 0) {
            return null;
        }

        return new RowError(RowError.INVALID_UTF8, "String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: " + Utf8.hex(bytes, invalid, end) + " (error "
                + Utf8.reason(bytes, invalid, end) + ")", index, invalid - start, fields.text(index));
    }

    private static RowError checkSingleByte(final FieldSplitter fields, final int index) {
        final byte[] bytes = fields.values();
        for (int position = fields.start(index); position < fields.end(index); position++) {
            if (bytes[position] < 0) {
                return new RowError(RowError.INVALID_UTF8, "Multibyte character not supported for CHAR (Hint: try using VARCHAR). Invalid char: "
                        + Utf8.hex(bytes, position, fields.end(index)), index, position - fields.start(index), fields.text(index));
            }
        }

        return null;
    }

    /**
     * Appends a value as PostgreSQL's COPY text has it.
     *
     * @return -1 when it holds a byte 0x00, which PostgreSQL cannot store
     */
    static int escape(final byte[] values, final int start, final int end, final ByteBuilder target) {
        target.reserve(2 * (end - start));
        int runStart = start;
        for (int position = start; position < end; position++) {
            final byte value = values[position];
            if (value == '\\' || value >= 0 && value < ' ') {
                if (value == 0) {
                    return INVALID_NUL;
                }

                target.append(values, runStart, position);
                runStart = position + 1;
                target.put((byte) '\\');
                target.put(escaped(value));
                target.reserve(2 * (end - position));
            }
        }

        target.append(values, runStart, end);
        return 0;
    }

    private static byte escaped(final byte value) {
        return switch (value) {
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            default -> value;
        };
    }

    private static int withoutBlanks(final byte[] values, final int start, final int end) {
        int position = end;
        while (position > start && isBlank(values[position - 1])) {
            position--;
        }

        return position;
    }

    private static boolean isBlank(final byte[] values, final int start, final int end) {
        return withoutBlanks(values, start, end) == start;
    }

    static boolean isBlank(final byte value) {
        return value == ' ' || value >= '\t' && value <= '\r';
    }
}
