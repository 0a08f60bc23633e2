package io.github.unloadcopy.sandbox.redshift.parquet;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What SERIALIZETOJSON makes of Parquet's values, nested ones among them, for a SUPER column: page "Loading semistructured data into Amazon Redshift" of its Developer Guide.
 * A column of Parquet's own JSON type, as UNLOAD writes it, is the document that it holds; other strings are strings.
 */
final class JsonValues {

    /** Bytes of the longest string that SUPER takes from Parquet. */
    private static final int LONGEST_STRING = 65_535;
    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final LoadColumn column;

    JsonValues(final LoadColumn column) {
        this.column = column;
    }

    /** Whether the record's one field is NULL. */
    static boolean isNull(final Group root) {
        return !root.getType().getType(0).isRepetition(Type.Repetition.REPEATED) && root.getFieldRepetitionCount(0) == 0;
    }

    /** Appends the record's one field, a single value or a list of them. */
    void add(final Group root, final ByteBuilder target) {
        final byte[] json = field(root, 0).toString().getBytes(StandardCharsets.UTF_8);
        BackendRow.text(json, 0, json.length, target);
    }

    private JsonNode field(final Group group, final int index) {
        final Type type = group.getType().getType(index);
        if (type.isRepetition(Type.Repetition.REPEATED)) {
            final ArrayNode list = NODES.arrayNode();
            for (int element = 0; element < group.getFieldRepetitionCount(index); element++) {
                list.add(value(group, index, element));
            }

            return list;
        }

        return group.getFieldRepetitionCount(index) == 0 ? NODES.nullNode() : value(group, index, 0);
    }

    private JsonNode value(final Group group, final int index, final int element) {
        final Type type = group.getType().getType(index);
        if (type.isPrimitive()) {
            return primitive(type.asPrimitiveType(), group, index, element);
        }

        final Group nested = group.getGroup(index, element);
        return switch (type.getLogicalTypeAnnotation()) {
            case final ListLogicalTypeAnnotation ignored -> list(nested);
            case final MapLogicalTypeAnnotation ignored -> map(nested);
            case null, default -> object(nested);
        };
    }

    /** A list is a group around a repeated group around an element, and in old files a group around a repeated element. */
    private JsonNode list(final Group list) {
        final Type repeated = list.getType().getType(0);
        final boolean wrapped = !repeated.isPrimitive() && repeated.asGroupType().getFieldCount() == 1 && !repeated.getName().equals("array") && !repeated.getName().endsWith("_tuple");
        if (!wrapped) {
            return field(list, 0);
        }

        final ArrayNode elements = NODES.arrayNode();
        for (int element = 0; element < list.getFieldRepetitionCount(0); element++) {
            elements.add(field(list.getGroup(0, element), 0));
        }

        return elements;
    }

    private JsonNode map(final Group map) {
        final ObjectNode object = NODES.objectNode();
        for (int element = 0; element < map.getFieldRepetitionCount(0); element++) {
            final Group entry = map.getGroup(0, element);
            final JsonNode value = entry.getType().getFieldCount() > 1 ? field(entry, 1) : NODES.nullNode();
            object.set(field(entry, 0).asText(), value);
        }

        return object;
    }

    private JsonNode object(final Group group) {
        final GroupType type = group.getType();
        final ObjectNode object = NODES.objectNode();
        for (int index = 0; index < type.getFieldCount(); index++) {
            object.set(type.getFieldName(index), field(group, index));
        }

        return object;
    }

    private JsonNode primitive(final PrimitiveType type, final Group group, final int index, final int element) {
        final LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
        return switch (type.getPrimitiveTypeName()) {
            case BOOLEAN -> NODES.booleanNode(group.getBoolean(index, element));
            case INT32 -> whole(annotation, group.getInteger(index, element));
            case INT64 -> whole(annotation, group.getLong(index, element));
            case FLOAT -> fraction(Float.toString(group.getFloat(index, element)));
            case DOUBLE -> fraction(Double.toString(group.getDouble(index, element)));
            case INT96 -> {
                final ByteBuffer bytes = group.getInt96(index, element).toByteBuffer();
                yield timestamp(Int96.epochDay(bytes), Int96.microsOfDay(bytes));
            }
            case BINARY, FIXED_LEN_BYTE_ARRAY -> binary(annotation, group.getBinary(index, element).getBytes());
        };
    }

    private static JsonNode whole(final LogicalTypeAnnotation annotation, final long value) {
        return switch (annotation) {
            case final DecimalLogicalTypeAnnotation decimal -> NODES.numberNode(BigDecimal.valueOf(value, decimal.getScale()));
            case final DateLogicalTypeAnnotation ignored -> {
                final ByteBuilder text = new ByteBuilder(16);
                BackendRow.date(value, text);
                yield textNode(text);
            }
            case final TimestampLogicalTypeAnnotation timestamp -> {
                final long perDay = Units.perDay(timestamp.getUnit());
                yield timestamp(Math.floorDiv(value, perDay), Units.micros(Math.floorMod(value, perDay), timestamp.getUnit()));
            }
            case null, default -> NODES.numberNode(value);
        };
    }

    private static JsonNode timestamp(final long epochDay, final long microsOfDay) {
        final ByteBuilder text = new ByteBuilder(32);
        BackendRow.timestamp(epochDay, microsOfDay, false, text);
        return textNode(text);
    }

    private static JsonNode textNode(final ByteBuilder text) {
        return NODES.textNode(new String(text.bytes(), 0, text.length(), StandardCharsets.US_ASCII));
    }

    private JsonNode fraction(final String number) {
        try {
            return NODES.numberNode(new BigDecimal(number));
        } catch (final NumberFormatException e) {
            throw new ScanException(ScanException.SCAN, "The data column " + column.name() + " holds " + number + ", for which JSON has no form", column.index());
        }
    }

    private JsonNode binary(final LogicalTypeAnnotation annotation, final byte[] bytes) {
        if (annotation instanceof final DecimalLogicalTypeAnnotation decimal) {
            return NODES.numberNode(new BigDecimal(new BigInteger(bytes), decimal.getScale()));
        }

        if (bytes.length > LONGEST_STRING) {
            throw new ScanException(ScanException.STRING_SIZE, "String value exceeds the max size of " + LONGEST_STRING + " bytes", column.index());
        }

        StringCheck.check(column, bytes, 0, bytes.length);
        if (!(annotation instanceof JsonLogicalTypeAnnotation)) {
            return NODES.textNode(new String(bytes, StandardCharsets.UTF_8));
        }

        try {
            return JSON.readTree(new String(bytes, StandardCharsets.UTF_8));
        } catch (final JacksonException e) {
            throw new ScanException(ScanException.SCAN, "The data column " + column.name() + " is of type JSON and holds a value that is no JSON", column.index());
        }
    }
}
