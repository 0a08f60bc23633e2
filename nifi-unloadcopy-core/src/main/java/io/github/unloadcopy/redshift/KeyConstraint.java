package io.github.unloadcopy.redshift;

import java.util.List;

/**
 * A PRIMARY KEY or UNIQUE of a table.
 *
 * @param name its name; null when it has none
 * @param primary whether it is the primary key
 * @param columns its columns, at least one
 */
record KeyConstraint(String name, boolean primary, List<String> columns) {
    /**
     * Checks the names.
     *
     * @throws IllegalArgumentException when there can be no such constraint
     */
    KeyConstraint {
        columns = columns == null ? List.of() : List.copyOf(columns);

        if (columns.isEmpty()) {
            throw new IllegalArgumentException("a key has no columns");
        }

        SqlText.columns(columns);
    }

    /** Its part of CREATE TABLE. */
    String sql() {
        return (name == null ? "" : "CONSTRAINT " + SqlText.identifier(name) + " ") + (primary ? "PRIMARY KEY (" : "UNIQUE (") + SqlText.columns(columns) + ")";
    }
}
