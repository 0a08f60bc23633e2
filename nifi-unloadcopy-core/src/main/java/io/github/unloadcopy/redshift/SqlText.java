package io.github.unloadcopy.redshift;

/** The one place where names and values become SQL text. */
public final class SqlText {
    private SqlText() {
    }

    public static String identifier(final String name) {
        throw new UnsupportedOperationException();
    }

    public static String literal(final String value) {
        throw new UnsupportedOperationException();
    }

    public static String table(final TableName table) {
        return identifier(table.schema()) + "." + identifier(table.table());
    }
}
