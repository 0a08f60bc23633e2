package io.github.unloadcopy.processors;

import io.github.unloadcopy.redshift.ColumnList;
import io.github.unloadcopy.redshift.SelectList;
import io.github.unloadcopy.redshift.Selection;
import io.github.unloadcopy.redshift.TableName;
import org.apache.nifi.components.PropertyDescriptor;
import org.apache.nifi.components.PropertyValue;
import org.apache.nifi.flowfile.FlowFile;
import org.apache.nifi.processor.ProcessContext;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Property values as they are for one FlowFile.
 */
final class FlowFileProperties {

    private final ProcessContext context;
    private final Map<String, String> attributes;
    private final UnaryOperator<PropertyValue> evaluation;

    FlowFileProperties(final ProcessContext context, final FlowFile flowFile) {
        this.context = context;
        attributes = flowFile.getAttributes();
        evaluation = property -> property.evaluateAttributeExpressions(flowFile);
    }

    /** For a FlowFile of which only the attributes are known. */
    FlowFileProperties(final ProcessContext context, final Map<String, String> attributes) {
        this.context = context;
        this.attributes = Map.copyOf(attributes);
        evaluation = property -> property.evaluateAttributeExpressions(attributes);
    }

    /** The attributes of the FlowFile. */
    Map<String, String> attributes() {
        return attributes;
    }

    /** The value without white space around it, or null when there is none. */
    String optional(final PropertyDescriptor descriptor) {
        final String value = evaluation.apply(context.getProperty(descriptor)).getValue();
        return value == null || value.isBlank() ? null : value.strip();
    }

    /**
     * The value without white space around it.
     *
     * @throws InvalidFlowFileException when there is none
     */
    String required(final PropertyDescriptor descriptor) throws InvalidFlowFileException {
        final String value = optional(descriptor);

        if (value == null) {
            final String raw = context.getProperties().get(descriptor);
            throw new InvalidFlowFileException("Property %s is empty for this FlowFile: set it, or the attributes that %s refers to".formatted(descriptor.getName(), raw));
        }

        return value;
    }

    /**
     * The value as a number of rows.
     *
     * @throws InvalidFlowFileException when there is none, or when it is not a whole number from 0 on
     */
    long rows(final PropertyDescriptor descriptor) throws InvalidFlowFileException {
        final String value = required(descriptor);

        try {
            final long rows = Long.parseLong(value);

            if (rows >= 0) {
                return rows;
            }
        } catch (final NumberFormatException e) {
            throw new InvalidFlowFileException("Property %s has to be a number of rows, not %s".formatted(descriptor.getName(), value), e);
        }

        throw new InvalidFlowFileException("Property %s has to be a number of rows, not %s".formatted(descriptor.getName(), value));
    }

    /**
     * The columns that the FlowFile's attributes name for the target; empty when they name none.
     *
     * @throws InvalidFlowFileException when they are no list
     */
    List<String> targetColumns() throws InvalidFlowFileException {
        final String attribute = UnloadCopyAttributes.TARGET + UnloadCopyAttributes.COLUMNS;

        try {
            return ColumnList.parse(attributes.get(attribute));
        } catch (final IllegalArgumentException e) {
            throw new InvalidFlowFileException("Attribute %s is not a list of columns: %s".formatted(attribute, e.getMessage()), e);
        }
    }

    /**
     * The value as a list of columns; empty when there is none.
     *
     * @throws InvalidFlowFileException when it is not such a list
     */
    List<String> columns(final PropertyDescriptor descriptor) throws InvalidFlowFileException {
        try {
            return ColumnList.parse(optional(descriptor));
        } catch (final IllegalArgumentException e) {
            throw new InvalidFlowFileException("Property %s is not a list of columns: %s".formatted(descriptor.getName(), e.getMessage()), e);
        }
    }

    /**
     * What is to be unloaded of a table.
     *
     * @param table the table
     * @param query property with a query in its place
     * @param columns property with columns or expressions
     * @throws InvalidFlowFileException when the query is not one SELECT, or the columns are not such a list
     */
    Selection selection(final TableName table, final PropertyDescriptor query, final PropertyDescriptor columns) throws InvalidFlowFileException {
        final SelectList list;

        try {
            list = SelectList.parse(optional(columns));
        } catch (final IllegalArgumentException e) {
            throw new InvalidFlowFileException("Property %s %s".formatted(columns.getName(), e.getMessage()), e);
        }

        try {
            return Selection.of(table, optional(query), list);
        } catch (final IllegalArgumentException e) {
            throw new InvalidFlowFileException("Property %s: %s".formatted(optional(query) == null ? columns.getName() : query.getName(), e.getMessage()), e);
        }
    }
}
