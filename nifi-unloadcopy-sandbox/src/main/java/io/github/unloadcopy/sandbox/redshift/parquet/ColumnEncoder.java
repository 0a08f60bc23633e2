package io.github.unloadcopy.sandbox.redshift.parquet;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.wire.ResultColumn;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

import java.nio.charset.StandardCharsets;

/**
 * Reads one column's values in PostgreSQL's text and adds them to a column of a Parquet file. It keeps scratch space, so each file has encoders of its own.
 * <p>
 * Which Parquet type a column gets follows files that Redshift has written: TIMESTAMP as INT96, DECIMAL as FIXED_LEN_BYTE_ARRAY of the fewest bytes, SUPER as JSON, every column optional.
 * Page UNLOAD, "FORMAT AS PARQUET clause": of TIMESTAMPTZ the time only is written, here in UTC. GEOMETRY, HLLSKETCH and VARBYTE leave as text or CSV only.
 * TIME and TIMETZ are documented nowhere: they are TIME(MICROS), the latter in UTC.
 */
abstract class ColumnEncoder {

    /** What a value present has as its definition level, in a column of the root that is optional. */
    private static final int PRESENT = 1;
    private static final int FLAT = 0;

    /** Adds a value that is not NULL. */
    abstract void add(byte[] text, int start, int end, ColumnWriter target);

    static void addNull(final ColumnWriter target) {
        target.writeNull(FLAT, 0);
    }

    /**
     * The Parquet type of a column.
     *
     * @throws SqlError when it cannot be unloaded as Parquet
     */
    static PrimitiveType type(final ResultColumn column) {
        return switch (column.typeId()) {
            case TypeIds.BOOLEAN -> Types.optional(PrimitiveTypeName.BOOLEAN).named(column.name());
            case TypeIds.SMALLINT -> Types.optional(PrimitiveTypeName.INT32).as(LogicalTypeAnnotation.intType(Short.SIZE)).named(column.name());
            case TypeIds.INTEGER -> Types.optional(PrimitiveTypeName.INT32).named(column.name());
            case TypeIds.BIGINT -> Types.optional(PrimitiveTypeName.INT64).named(column.name());
            case TypeIds.REAL -> Types.optional(PrimitiveTypeName.FLOAT).named(column.name());
            case TypeIds.DOUBLE -> Types.optional(PrimitiveTypeName.DOUBLE).named(column.name());
            case TypeIds.NUMERIC -> decimal(column);
            case TypeIds.DATE -> Types.optional(PrimitiveTypeName.INT32).as(LogicalTypeAnnotation.dateType()).named(column.name());
            case TypeIds.TIMESTAMP, TypeIds.TIMESTAMPTZ -> Types.optional(PrimitiveTypeName.INT96).named(column.name());
            case TypeIds.TIME -> Types.optional(PrimitiveTypeName.INT64).as(LogicalTypeAnnotation.timeType(false, TimeUnit.MICROS)).named(column.name());
            case TypeIds.TIMETZ -> Types.optional(PrimitiveTypeName.INT64).as(LogicalTypeAnnotation.timeType(true, TimeUnit.MICROS)).named(column.name());
            case TypeIds.JSONB -> Types.optional(PrimitiveTypeName.BINARY).as(LogicalTypeAnnotation.jsonType()).named(column.name());
            case TypeIds.CHARACTER, TypeIds.VARCHAR, TypeIds.TEXT, TypeIds.UNKNOWN, TypeIds.NAME ->
                Types.optional(PrimitiveTypeName.BINARY).as(LogicalTypeAnnotation.stringType()).named(column.name());
            case TypeIds.BYTEA -> throw textOnly(column, "VARBYTE");
            case TypeIds.GEOMETRY -> throw textOnly(column, "GEOMETRY");
            case TypeIds.GEOGRAPHY -> throw textOnly(column, "GEOGRAPHY");
            case TypeIds.HLLSKETCH -> throw textOnly(column, "HLLSKETCH");
            default -> throw SqlError.notSupported("UNLOAD: the type of column \"" + column.name() + "\" is not supported for PARQUET by the sandbox");
        };
    }

    private static SqlError textOnly(final ResultColumn column, final String type) {
        return SqlError.notSupported("UNLOAD: column \"" + column.name() + "\" is of type " + type + ", which can be unloaded to text or CSV format only");
    }

    private static PrimitiveType decimal(final ResultColumn column) {
        final int precision = column.typeModifier() < 0 ? 0 : TypeIds.precision(column.typeModifier());
        if (precision < 1 || precision > Decimals.MAX_PRECISION) {
            // PostgreSQL leaves the precision of an expression open, where Redshift works one out.
            throw SqlError.notSupported("UNLOAD: column \"" + column.name() + "\" has no precision of 1 to 38 digits that the sandbox knows: cast it to DECIMAL(precision, scale)");
        }

        return Types.optional(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY).length(Decimals.length(precision))
                .as(LogicalTypeAnnotation.decimalType(TypeIds.scale(column.typeModifier()), precision)).named(column.name());
    }

    static ColumnEncoder of(final ResultColumn column) {
        return switch (column.typeId()) {
            case TypeIds.BOOLEAN -> new BooleanEncoder();
            case TypeIds.SMALLINT, TypeIds.INTEGER -> new IntegerEncoder();
            case TypeIds.BIGINT -> new LongEncoder();
            case TypeIds.REAL -> new FloatEncoder();
            case TypeIds.DOUBLE -> new DoubleEncoder();
            case TypeIds.NUMERIC -> new DecimalEncoder(Decimals.length(TypeIds.precision(column.typeModifier())), TypeIds.scale(column.typeModifier()));
            case TypeIds.DATE -> new DateEncoder();
            case TypeIds.TIMESTAMP, TypeIds.TIMESTAMPTZ -> new TimestampEncoder();
            case TypeIds.TIME, TypeIds.TIMETZ -> new TimeEncoder();
            default -> new TextEncoder();
        };
    }

    private static final class BooleanEncoder extends ColumnEncoder {

        @Override
        void add(final byte[] text, final int start, final int end, final ColumnWriter target) {
            target.write(text[start] == 't', FLAT, PRESENT);
        }
    }

    private static final class IntegerEncoder extends ColumnEncoder {

        @Override
        void add(final byte[] text, final int start, final int end, final ColumnWriter target) {
            target.write((int) PostgresText.wholeNumber(text, start, end), FLAT, PRESENT);
        }
    }

    private static final class LongEncoder extends ColumnEncoder {

        @Override
        void add(final byte[] text, final int start, final int end, final ColumnWriter target) {
            target.write(PostgresText.wholeNumber(text, start, end), FLAT, PRESENT);
        }
    }

    private static final class FloatEncoder extends ColumnEncoder {

        @Override
        void add(final byte[] text, final int start, final int end, final ColumnWriter target) {
            target.write(Float.parseFloat(new String(text, start, end - start, StandardCharsets.ISO_8859_1)), FLAT, PRESENT);
        }
    }

    private static final class DoubleEncoder extends ColumnEncoder {

        @Override
        void add(final byte[] text, final int start, final int end, final ColumnWriter target) {
            target.write(Double.parseDouble(new String(text, start, end - start, StandardCharsets.ISO_8859_1)), FLAT, PRESENT);
        }
    }

    private static final class DecimalEncoder extends ColumnEncoder {

        private final int scale;
        private final byte[] bytes;
        private final Binary value;
        private long high;
        private long low;

        DecimalEncoder(final int length, final int scale) {
            this.scale = scale;
            this.bytes = new byte[length];
            this.value = Binary.fromReusedByteArray(bytes);
        }

        @Override
        void add(final byte[] text, final int start, final int end, final ColumnWriter target) {
            high = 0;
            low = 0;
            final boolean negative = text[start] == '-';
            int point = end;
            for (int position = negative ? start + 1 : start; position < end; position++) {
                if (text[position] == '.') {
                    point = position + 1;
                } else {
                    append(text[position]);
                }
            }

            for (int missing = scale - (end - point); missing > 0; missing--) {
                append((byte) '0');
            }

            store(negative);
            target.write(value, FLAT, PRESENT);
        }

        private void append(final byte character) {
            if (character < '0' || character > '9') {
                throw new SqlError("22003", "NaN and infinities cannot be unloaded as DECIMAL");
            }

            high = high * 10 + Math.unsignedMultiplyHigh(low, 10);
            low *= 10;
            final long before = low;
            low += character - '0';
            if (Long.compareUnsigned(low, before) < 0) {
                high++;
            }
        }

        private void store(final boolean negative) {
            if (negative) {
                low = -low;
                high = ~high + (low == 0 ? 1 : 0);
            }

            for (int index = bytes.length - 1; index >= 0; index--) {
                bytes[index] = (byte) low;
                low = low >>> Byte.SIZE | high << Long.SIZE - Byte.SIZE;
                high >>= Byte.SIZE;
            }
        }
    }

    private static final class DateEncoder extends ColumnEncoder {

        private final PostgresText parser = new PostgresText();

        @Override
        void add(final byte[] text, final int start, final int end, final ColumnWriter target) {
            parser.reset(text, start, end);
            target.write(Math.toIntExact(parser.date()), FLAT, PRESENT);
        }
    }

    private static final class TimestampEncoder extends ColumnEncoder {

        private final PostgresText parser = new PostgresText();
        private final byte[] bytes = new byte[Int96.LENGTH];
        private final Binary value = Binary.fromReusedByteArray(bytes);

        @Override
        void add(final byte[] text, final int start, final int end, final ColumnWriter target) {
            parser.reset(text, start, end);
            final long day = parser.date();
            Int96.put(bytes, day, parser.timeOfDay() * Int96.NANOS_PER_MICRO);
            target.write(value, FLAT, PRESENT);
        }
    }

    private static final class TimeEncoder extends ColumnEncoder {

        private final PostgresText parser = new PostgresText();

        @Override
        void add(final byte[] text, final int start, final int end, final ColumnWriter target) {
            parser.reset(text, start, end);
            target.write(parser.timeInUtc(), FLAT, PRESENT);
        }
    }

    private static final class TextEncoder extends ColumnEncoder {

        private byte[] plain = new byte[256];

        @Override
        void add(final byte[] text, final int start, final int end, final ColumnWriter target) {
            int escape = start;
            while (escape < end && text[escape] != '\\') {
                escape++;
            }

            if (escape == end) {
                target.write(Binary.fromReusedByteArray(text, start, end - start), FLAT, PRESENT);
                return;
            }

            if (plain.length < end - start) {
                plain = new byte[end - start];
            }

            target.write(Binary.fromReusedByteArray(plain, 0, PostgresText.unescape(text, start, end, plain)), FLAT, PRESENT);
        }
    }
}
