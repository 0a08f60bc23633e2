package io.github.unloadcopy.redshift;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a cluster tells of one of its tables, from which another cluster can make the like, under another name too. It travels as JSON, and holds no data and no secret.
 *
 * @param elements columns and constraints without foreign keys, each as SHOW TABLE writes it: with encoding, default, identity, NOT NULL
 * @param attributes what follows the list: DISTSTYLE, DISTKEY, SORTKEY; may be empty
 * @param identity the column whose values only EXPLICIT_IDS can set; null for none
 * @param owner the user that owns the table; null when that is not known
 * @param comment the comment on the table; null for none
 * @param columnComments comments by column
 * @param foreignKeys of this table, in the source's names
 */
public record TableDefinition(List<String> elements, String attributes, String identity, String owner, String comment, Map<String, String> columnComments, List<ForeignKey> foreignKeys) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public TableDefinition {
        elements = List.copyOf(elements);
        columnComments = Map.copyOf(new TreeMap<>(columnComments));
        foreignKeys = List.copyOf(foreignKeys);
    }

    /**
     * The statement that makes such a table, without foreign keys and comments.
     *
     * @param table name of the table to make
     * @return CREATE TABLE
     */
    public String createStatement(final TableName table) {
        return "CREATE TABLE " + SqlText.table(table) + " (\n    " + String.join(",\n    ", elements) + "\n)" + (attributes.isEmpty() ? "" : "\n" + attributes);
    }

    /**
     * Whether a load of columns has to say EXPLICIT_IDS.
     *
     * @param columns columns to load; empty means all
     * @param names how the session that loads them folds names
     */
    @JsonIgnore
    public boolean needsExplicitIds(final List<String> columns, final CatalogNames names) {
        return identity != null && (columns.isEmpty() || columns.stream().map(names::fold).anyMatch(names.fold(identity)::equals));
    }

    /** The columns that generate values, with the clause that says how. */
    List<IdentityClause> identityClauses() {
        return elements.stream().map(IdentityClause::find).filter(Objects::nonNull).toList();
    }

    /** The same table, but that a column begins to generate its values elsewhere. */
    TableDefinition with(final String column, final Identity identity) {
        final List<String> changed = elements.stream().map(element -> {
            final IdentityClause clause = IdentityClause.find(element);
            return clause == null || !clause.column().equals(column) ? element : clause.replaced(element, identity);
        }).toList();
        return new TableDefinition(changed, attributes, this.identity, owner, comment, columnComments, foreignKeys);
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
            throw new IllegalArgumentException("This is no definition of a table: " + e.getOriginalMessage(), e);
        }
    }
}
