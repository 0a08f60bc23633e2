package io.github.unloadcopy.sandbox.redshift.parquet;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.text.Utf8;

/**
 * Whether bytes are characters that a column takes.
 */
final class StringCheck {

    private StringCheck() {
    }

    /**
     * @throws ScanException when they are not
     */
    static void check(final LoadColumn column, final byte[] bytes, final int start, final int end) {
        int position = start;
        while (position < end && bytes[position] > 0) {
            position++;
        }

        if (position < end) {
            checkUnusual(column, bytes, position, end);
        }
    }

    private static void checkUnusual(final LoadColumn column, final byte[] bytes, final int start, final int end) {
        final int invalid = Utf8.firstInvalid(bytes, start, end);
        if (invalid >= 0) {
            throw new ScanException(ScanException.SCAN, "String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: " + Utf8.hex(bytes, invalid, end)
                    + " (error " + Utf8.reason(bytes, invalid, end) + ")", column.index());
        }

        for (int position = start; position < end; position++) {
            if (bytes[position] == 0) {
                throw new ScanException(ScanException.SCAN, "The data column " + column.name() + " holds the character 0x00, which the sandbox cannot store", column.index());
            }

            if (bytes[position] < 0 && column.typeId() == TypeIds.CHARACTER) {
                throw new ScanException(ScanException.SCAN, "Multibyte character not supported for CHAR (Hint: try using VARCHAR)", column.index());
            }
        }
    }
}
