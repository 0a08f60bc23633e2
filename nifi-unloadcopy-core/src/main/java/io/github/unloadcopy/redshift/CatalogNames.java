package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

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

    /** Names of a session of which it is known whether it tells them apart by their case. */
    static CatalogNames of(final boolean caseSensitive) {
        return new CatalogNames(caseSensitive);
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

    /**
     * Whether a name of this session and a name of another may mean the same. That letters beyond ASCII keep their case is not documented in so many words: where it would matter, both are assumed.
     *
     * @param name a name in this session
     * @param others the other session; may be this one
     * @param otherName a name in the other session
     */
    public boolean mayBeOne(final String name, final CatalogNames others, final String otherName) {
        return !Collections.disjoint(spellings(name), others.spellings(otherName));
    }

    /**
     * Sees that no column is listed twice.
     *
     * @param table the columns' table
     * @param columns names of columns
     * @throws RedshiftException with {@link Reason#INVALID_REQUEST} and the two names that mean one column
     */
    void requireDistinct(final TableName table, final List<String> columns) throws RedshiftException {
        final Map<String, String> seen = new HashMap<>();

        for (final String column : columns) {
            for (final String spelling : spellings(column)) {
                final String other = seen.put(spelling, column);

                if (other != null) {
                    throw new RedshiftException(Reason.INVALID_REQUEST, "The list of columns names one column of %s twice, as %s and %s: name it once".formatted(table, other, column));
                }
            }
        }
    }

    private Set<String> spellings(final String name) {
        return caseSensitive ? Set.of(name) : new HashSet<>(List.of(fold(name), name.toLowerCase(Locale.ROOT)));
    }
}
