package io.github.unloadcopy.redshift;

/**
 * Name of a table, in the case it has in the catalog, without quotes.
 *
 * @param schema name of the schema
 * @param table name of the table
 */
public record TableName(String schema, String table) {
    public TableName {
        if (schema == null || schema.isEmpty() || table == null || table.isEmpty()) {
            throw new IllegalArgumentException("A table needs a schema and a name");
        }
    }

    /**
     * The name with its ASCII letters in lower case. What the catalog of a session has is for {@link CatalogNames} to say.
     */
    public TableName folded() {
        return new TableName(folded(schema), folded(table));
    }

    static String folded(final String name) {
        final StringBuilder folded = new StringBuilder(name);

        for (int index = 0; index < folded.length(); index++) {
            final char letter = folded.charAt(index);
            folded.setCharAt(index, letter >= 'A' && letter <= 'Z' ? Character.toLowerCase(letter) : letter);
        }

        return folded.toString();
    }

    @Override
    public String toString() {
        return schema + "." + table;
    }
}
