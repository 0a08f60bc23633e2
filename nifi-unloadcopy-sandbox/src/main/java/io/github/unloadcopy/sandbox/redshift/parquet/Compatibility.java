package io.github.unloadcopy.sandbox.redshift.parquet;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

import java.util.Locale;

/**
 * Which Parquet types which columns take. The guide has no table of them; this one is made of what public reports say of Redshift Spectrum: physical types must fit exactly (no INT32 into BIGINT,
 * no INT64 into INTEGER), a decimal's scale must be the table's, and a FIXED_LEN_BYTE_ARRAY must have as many bytes as the table's precision takes. Where nothing is reported, it refuses.
 */
final class Compatibility {

    private final SourceName source;
    private final Byte replacement;

    /**
     * @param replacement what takes the place of invalid bytes in VARCHAR, or null to refuse them
     */
    Compatibility(final SourceName source, final Byte replacement) {
        this.source = source;
        this.replacement = replacement;
    }

    /**
     * How to read a column that is not SUPER.
     *
     * @throws ScanException when the types do not fit
     */
    ColumnFormatter formatter(final LoadColumn column, final Type field) {
        if (!field.isPrimitive() || field.isRepetition(Type.Repetition.REPEATED)) {
            throw incompatible(column, field);
        }

        final PrimitiveType type = field.asPrimitiveType();
        final ColumnFormatter formatter = switch (column.typeId()) {
            case TypeIds.BOOLEAN -> is(type, PrimitiveTypeName.BOOLEAN) ? ColumnFormatter::addBoolean : null;
            case TypeIds.SMALLINT -> isWholeNumber(type, PrimitiveTypeName.INT32) ? ColumnFormatter.smallInteger(column) : null;
            case TypeIds.INTEGER -> isWholeNumber(type, PrimitiveTypeName.INT32) ? ColumnFormatter::addInteger : null;
            case TypeIds.BIGINT -> isWholeNumber(type, PrimitiveTypeName.INT64) ? ColumnFormatter::addLong : null;
            case TypeIds.REAL -> is(type, PrimitiveTypeName.FLOAT) ? ColumnFormatter::addFloat : null;
            case TypeIds.DOUBLE -> is(type, PrimitiveTypeName.DOUBLE) ? ColumnFormatter::addDouble : null;
            case TypeIds.NUMERIC -> decimal(column, type);
            case TypeIds.DATE -> type.getLogicalTypeAnnotation() instanceof DateLogicalTypeAnnotation ? ColumnFormatter::addDate : null;
            case TypeIds.TIMESTAMP, TypeIds.TIMESTAMPTZ -> timestamp(type, column.typeId() == TypeIds.TIMESTAMPTZ);
            case TypeIds.TIME, TypeIds.TIMETZ -> time(type, column.typeId() == TypeIds.TIMETZ);
            case TypeIds.CHARACTER, TypeIds.VARCHAR, TypeIds.TEXT -> isText(type) ? ColumnFormatter.text(column, source, replacement) : null;
            case TypeIds.BYTEA -> isBinary(type) ? ColumnFormatter.binary(column, source) : null;
            default -> null;
        };
        if (formatter == null) {
            throw incompatible(column, field);
        }

        return formatter;
    }

    private static boolean is(final PrimitiveType type, final PrimitiveTypeName name) {
        return type.getPrimitiveTypeName() == name && type.getLogicalTypeAnnotation() == null;
    }

    private static boolean isWholeNumber(final PrimitiveType type, final PrimitiveTypeName name) {
        final LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
        return type.getPrimitiveTypeName() == name && (annotation == null || annotation instanceof final IntLogicalTypeAnnotation number && number.isSigned());
    }

    private static boolean isText(final PrimitiveType type) {
        final LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
        return type.getPrimitiveTypeName() == PrimitiveTypeName.BINARY && (annotation == null || annotation instanceof StringLogicalTypeAnnotation
                || annotation instanceof EnumLogicalTypeAnnotation || annotation instanceof JsonLogicalTypeAnnotation);
    }

    private static boolean isBinary(final PrimitiveType type) {
        return is(type, PrimitiveTypeName.BINARY) || is(type, PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY);
    }

    private ColumnFormatter decimal(final LoadColumn column, final PrimitiveType type) {
        final PrimitiveTypeName name = type.getPrimitiveTypeName();
        final boolean binary = name == PrimitiveTypeName.BINARY || name == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
        if (!binary && name != PrimitiveTypeName.INT32 && name != PrimitiveTypeName.INT64) {
            return null;
        }

        final String problem = "File '" + source.url() + "' column '" + type.getName() + "' ";
        final int length = Decimals.length(Math.clamp(TypeIds.precision(column.typeModifier()), 1, Decimals.MAX_PRECISION));
        if (name == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY && type.getTypeLength() != length) {
            throw new ScanException(ScanException.SCAN, problem + "has an invalid type length. Expecting: " + length + " len in file: " + type.getTypeLength(), column.index());
        }

        if (!(type.getLogicalTypeAnnotation() instanceof final DecimalLogicalTypeAnnotation decimal)) {
            throw new ScanException(ScanException.SCAN, problem + "does not have the scale set.", column.index());
        }

        final int scale = TypeIds.scale(column.typeModifier());
        if (decimal.getScale() != scale) {
            throw new ScanException(ScanException.SCAN, problem + "has a scale that does not match the table metadata scale. File metadata scale: " + decimal.getScale()
                    + " Table metadata scale: " + scale, column.index());
        }

        return binary ? ColumnFormatter.binaryDecimal(scale) : ColumnFormatter.decimal(name == PrimitiveTypeName.INT32 ? ColumnReader::getInteger : ColumnReader::getLong, scale);
    }

    private static ColumnFormatter timestamp(final PrimitiveType type, final boolean zone) {
        if (type.getPrimitiveTypeName() == PrimitiveTypeName.INT96) {
            return ColumnFormatter.int96(zone);
        }

        return type.getLogicalTypeAnnotation() instanceof final TimestampLogicalTypeAnnotation timestamp ? ColumnFormatter.timestamp(timestamp.getUnit(), zone) : null;
    }

    private static ColumnFormatter time(final PrimitiveType type, final boolean zone) {
        if (!(type.getLogicalTypeAnnotation() instanceof final TimeLogicalTypeAnnotation time)) {
            return null;
        }

        return ColumnFormatter.time(type.getPrimitiveTypeName() == PrimitiveTypeName.INT32 ? ColumnReader::getInteger : ColumnReader::getLong, time.getUnit(), zone);
    }

    private ScanException incompatible(final LoadColumn column, final Type field) {
        final int definition = field.isRepetition(Type.Repetition.REQUIRED) ? 0 : 1;
        final int repetition = field.isRepetition(Type.Repetition.REPEATED) ? 1 : 0;
        final String physical = !field.isPrimitive() ? "group" : switch (field.asPrimitiveType().getPrimitiveTypeName()) {
            case BINARY -> "byte_array";
            case final PrimitiveTypeName other -> other.name().toLowerCase(Locale.ROOT);
        };
        return new ScanException(ScanException.SCAN, "File '" + source.url() + "' has an incompatible Parquet schema for column '" + source.location() + '.' + column.name() + "'. Column type: "
                + typeName(column) + ", Parquet schema:\n" + field.getRepetition().name().toLowerCase(Locale.ROOT) + ' ' + physical + ' ' + field.getName() + " [i:" + column.index() + " d:"
                + definition + " r:" + repetition + ']', column.index());
    }

    private static String typeName(final LoadColumn column) {
        return switch (column.typeId()) {
            case TypeIds.INTEGER -> "INT";
            case TypeIds.REAL -> "FLOAT";
            case TypeIds.DOUBLE -> "DOUBLE";
            case TypeIds.CHARACTER -> "CHAR";
            case TypeIds.VARCHAR, TypeIds.TEXT -> "VARCHAR";
            case TypeIds.NUMERIC -> "DECIMAL(" + TypeIds.precision(column.typeModifier()) + ',' + TypeIds.scale(column.typeModifier()) + ')';
            default -> TypeIds.name(column.typeId()).toUpperCase(Locale.ROOT);
        };
    }
}
