package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * How the catalog spells the names that statements of a session write in double quotes: with their ASCII letters in lower case, unless the session has enable_case_sensitive_identifier on
 * (Database Developer Guide, pages "Names and identifiers" and "enable_case_sensitive_identifier"). Statements are folded by the cluster; queries of the catalog, and functions that take a name as
 * text, compare it as it is. Names of users are never folded.
 */
public final class CatalogNames {
    private final boolean caseSensitive;

    private CatalogNames(final boolean caseSensitive) {
        this.caseSensitive = caseSensitive;
    }

    /**
     * Asks a session, which makes no snapshot.
     *
     * @param connection connection of the session
     * @return its names
     * @throws SQLException when the cluster does not answer
     */
    public static CatalogNames of(final Connection connection) throws SQLException {
        return new CatalogNames(List.of("on", "true").contains(Queries.value(connection, "SHOW enable_case_sensitive_identifier")));
    }

    /** Whether names that differ only in their case are different names. */
    public boolean isCaseSensitive() {
        return caseSensitive;
    }

    /** The name of a schema, table or column as the catalog has it. */
    public String fold(final String name) {
        return caseSensitive ? name : TableName.folded(name);
    }

    /** The name of a table as the catalog has it. */
    public TableName fold(final TableName table) {
        return new TableName(fold(table.schema()), fold(table.table()));
    }
}
