package io.github.unloadcopy.sandbox.redshift.parquet;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.Utf8;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.function.ToLongFunction;

/**
 * Appends one column's values to rows of PostgreSQL's COPY text.
 */
@FunctionalInterface
interface ColumnFormatter {

    /**
     * Appends the value that the reader stands on, which is not NULL.
     *
     * @throws ScanException when the column of the table cannot hold it
     */
    void add(ColumnReader value, ByteBuilder target);

    static void addBoolean(final ColumnReader value, final ByteBuilder target) {
        target.reserve(1);
        target.put((byte) (value.getBoolean() ? 't' : 'f'));
    }

    static void addInteger(final ColumnReader value, final ByteBuilder target) {
        BackendRow.number(value.getInteger(), target);
    }

    static void addLong(final ColumnReader value, final ByteBuilder target) {
        BackendRow.number(value.getLong(), target);
    }

    static void addFloat(final ColumnReader value, final ByteBuilder target) {
        BackendRow.ascii(Float.toString(value.getFloat()), target);
    }

    static void addDouble(final ColumnReader value, final ByteBuilder target) {
        BackendRow.ascii(Double.toString(value.getDouble()), target);
    }

    static void addDate(final ColumnReader value, final ByteBuilder target) {
        BackendRow.date(value.getInteger(), target);
    }

    static ColumnFormatter smallInteger(final LoadColumn column) {
        return (value, target) -> {
            final int number = value.getInteger();
            if (number != (short) number) {
                throw new ScanException(ScanException.SCAN, "The value " + number + " of the data column " + column.name() + " is out of range for SMALLINT", column.index());
            }

            BackendRow.number(number, target);
        };
    }

    /**
     * @param unscaled reads the digits as a whole number
     */
    static ColumnFormatter decimal(final ToLongFunction<ColumnReader> unscaled, final int scale) {
        return (value, target) -> BackendRow.decimal(unscaled.applyAsLong(value), scale, target);
    }

    /** Of big-endian two's complement numbers. */
    static ColumnFormatter binaryDecimal(final int scale) {
        return (value, target) -> {
            final ByteBuffer bytes = value.getBinary().toByteBuffer();
            if (bytes.remaining() > Long.BYTES) {
                final byte[] copy = new byte[bytes.remaining()];
                bytes.get(copy);
                BackendRow.ascii(new BigDecimal(new BigInteger(copy), scale).toPlainString(), target);
                return;
            }

            long unscaled = bytes.get();
            while (bytes.hasRemaining()) {
                unscaled = unscaled << Byte.SIZE | bytes.get() & 0xFF;
            }

            BackendRow.decimal(unscaled, scale, target);
        };
    }

    /**
     * @param zone whether the column is a TIMESTAMPTZ
     */
    static ColumnFormatter int96(final boolean zone) {
        return (value, target) -> {
            final ByteBuffer bytes = value.getBinary().toByteBuffer();
            BackendRow.timestamp(Int96.epochDay(bytes), Int96.microsOfDay(bytes), zone, target);
        };
    }

    static ColumnFormatter timestamp(final TimeUnit unit, final boolean zone) {
        final long perDay = Units.perDay(unit);
        return (value, target) -> {
            final long instant = value.getLong();
            BackendRow.timestamp(Math.floorDiv(instant, perDay), Units.micros(Math.floorMod(instant, perDay), unit), zone, target);
        };
    }

    static ColumnFormatter time(final ToLongFunction<ColumnReader> reader, final TimeUnit unit, final boolean zone) {
        return (value, target) -> BackendRow.time(Units.micros(reader.applyAsLong(value), unit), zone, target);
    }

    static ColumnFormatter binary(final LoadColumn column, final SourceName source) {
        return (value, target) -> {
            final byte[] bytes = value.getBinary().getBytesUnsafe();
            checkLength(column, bytes.length, source);
            BackendRow.ascii("\\\\x" + HexFormat.of().formatHex(bytes), target);
        };
    }

    /**
     * @param replacement what takes the place of invalid bytes in VARCHAR, or null to refuse them
     */
    static ColumnFormatter text(final LoadColumn column, final SourceName source, final Byte replacement) {
        final boolean repaired = replacement != null && column.typeId() != TypeIds.CHARACTER;
        return (value, target) -> {
            final Binary binary = value.getBinary();
            checkLength(column, binary.length(), source);
            final ByteBuffer bytes = binary.toByteBuffer();
            final byte[] text = bytes.hasArray() ? bytes.array() : binary.getBytes();
            final int start = bytes.hasArray() ? bytes.arrayOffset() + bytes.position() : 0;
            final int end = start + binary.length();
            if (repaired && Utf8.firstInvalid(text, start, end) >= 0) {
                final ByteBuilder valid = new ByteBuilder(end - start);
                Utf8.repair(text, start, end, replacement, valid);
                addText(column, valid.bytes(), 0, valid.length(), target);
            } else {
                addText(column, text, start, end, target);
            }
        };
    }

    private static void addText(final LoadColumn column, final byte[] bytes, final int start, final int end, final ByteBuilder target) {
        StringCheck.check(column, bytes, start, end);
        BackendRow.text(bytes, start, end, target);
    }

    private static void checkLength(final LoadColumn column, final int length, final SourceName source) {
        final int limit = TypeIds.length(column.typeModifier());
        if (limit >= 0 && length > limit) {
            throw new ScanException(ScanException.SCAN, "The length of the data column " + column.name() + " is longer than the length defined in the table. Table: " + limit + ", Data: " + length
                    + ", File name: " + source.url(), column.index());
        }
    }
}
