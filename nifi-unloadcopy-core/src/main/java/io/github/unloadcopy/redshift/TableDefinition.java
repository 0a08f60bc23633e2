package io.github.unloadcopy.redshift;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a cluster tells of one of its tables, from which another cluster can make the like, under another name too. It travels as JSON, and holds no data and no secret. It consists of known parts
 * only, which are checked wherever they come from, and SQL is written from these: a definition that was forged in an attribute cannot add a statement.
 *
 * @param columns its columns, at least one
 * @param keys PRIMARY KEY and UNIQUE
 * @param storage distribution, sort key and the like
 * @param owner the user that owns the table; null when that is not known
 * @param comment the comment on the table; null for none
 * @param columnComments comments by column
 * @param foreignKeys of this table, in the source's names
 */
public record TableDefinition(List<ColumnDefinition> columns, List<KeyConstraint> keys, TableStorage storage, String owner, String comment, Map<String, String> columnComments,
        List<ForeignKey> foreignKeys) {
    private static final JsonMapper JSON = JsonMapper.builder().defaultPropertyInclusion(JsonInclude.Value.construct(JsonInclude.Include.NON_DEFAULT, JsonInclude.Include.ALWAYS)).build();

    /**
     * Checks that there is something to make.
     *
     * @throws IllegalArgumentException when there are no columns
     */
    public TableDefinition {
        if (columns == null || columns.isEmpty()) {
            throw new IllegalArgumentException("it has no columns");
        }

        columns = List.copyOf(columns);
        keys = keys == null ? List.of() : List.copyOf(keys);
        storage = storage == null ? new TableStorage(false, null, null, null, List.of(), false) : storage;
        columnComments = columnComments == null ? Map.of() : Map.copyOf(new TreeMap<>(columnComments));
        foreignKeys = foreignKeys == null ? List.of() : List.copyOf(foreignKeys);
    }

    /**
     * The statement that makes such a table, without foreign keys and comments.
     *
     * @param table name of the table to make
     * @return CREATE TABLE
     */
    public String createStatement(final TableName table) {
        final Stream<String> elements = Stream.concat(columns.stream().map(ColumnDefinition::sql), keys.stream().map(KeyConstraint::sql));
        return "CREATE TABLE " + SqlText.table(table) + " (\n    " + elements.collect(Collectors.joining(",\n    ")) + "\n)" + storage.sql();
    }

    /**
     * Whether a load of columns has to say EXPLICIT_IDS.
     *
     * @param loaded columns to load; empty means all
     * @param names how the session that loads them folds names
     */
    public boolean needsExplicitIds(final List<String> loaded, final CatalogNames names) {
        return columns.stream().filter(column -> column.identity() != null && !column.byDefault()).map(column -> names.fold(column.name()))
                .anyMatch(identity -> loaded.isEmpty() || loaded.stream().map(names::fold).anyMatch(identity::equals));
    }

    /** The columns that generate values. */
    List<ColumnDefinition> identities() {
        return columns.stream().filter(column -> column.identity() != null).toList();
    }

    /** The same table, but that a column begins to generate its values elsewhere. */
    TableDefinition with(final String column, final Identity identity) {
        final List<ColumnDefinition> changed = columns.stream().map(each -> each.name().equals(column) ? each.with(identity) : each).toList();
        return new TableDefinition(changed, keys, storage, owner, comment, columnComments, foreignKeys);
    }

    /** As text for an attribute. */
    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (final JacksonException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads what {@link #toJson()} wrote.
     *
     * @throws IllegalArgumentException when it is something else
     */
    public static TableDefinition fromJson(final String json) {
        try {
            return JSON.readValue(json, TableDefinition.class);
        } catch (final JacksonException e) {
            final String reason = e.getCause() instanceof final IllegalArgumentException refusal ? refusal.getMessage() : e.getOriginalMessage();
            throw new IllegalArgumentException("This is not a definition of a table: " + reason, e);
        }
    }
}
