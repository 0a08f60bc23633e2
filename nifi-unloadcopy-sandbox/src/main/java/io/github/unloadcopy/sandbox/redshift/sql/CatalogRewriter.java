package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Queries of the catalog: clients see what a cluster has, and neither the sandbox's own schema nor what is PostgreSQL's only. Queries that clients write read views of {@code pg_internal} in the
 * place of the tables; the sandbox's own read the tables.
 */
final class CatalogRewriter implements StatementRewriter {

    private static final String OWN_SCHEMA = "pg_internal";
    /** Those for which {@code catalog-views.sql} has a view. */
    private static final Set<String> FILTERED = Set.of("pg_class", "pg_namespace", "pg_database", "pg_proc", "pg_type", "pg_attribute", "pg_roles", "pg_user", "pg_shadow", "pg_stat_activity");
    /** What the sandbox has put other functions in the place of. */
    private static final String RENAMED = "postgres_";

    /**
     * Refuses what names the sandbox's own schema or functions, as a cluster would that does not have them.
     *
     * @param tokens as the client wrote them
     */
    static void check(final List<Token> tokens) {
        for (int index = 0; index < tokens.size(); index++) {
            final Token token = tokens.get(index);
            final boolean named = index + 1 < tokens.size();
            if (!token.isIdentifier() || !named) {
                continue;
            }

            if (tokens.get(index + 1).isSymbol('.') && isOwn(token)) {
                throw new SqlError(SqlError.UNDEFINED_SCHEMA, "schema \"" + OWN_SCHEMA + "\" does not exist");
            }

            if (tokens.get(index + 1).isSymbol('(') && token.source().toLowerCase(Locale.ROOT).startsWith(RENAMED)) {
                throw new SqlError(SqlError.UNDEFINED_FUNCTION, "function " + token.source().toLowerCase(Locale.ROOT) + " does not exist");
            }
        }
    }

    /** Whether a token names the sandbox's own schema. */
    static boolean isOwn(final Token token) {
        return (token.isString() ? Literals.value(token) : Literals.identifier(token)).toLowerCase(Locale.ROOT).contains(OWN_SCHEMA);
    }

    @Override
    public String rewrite(final List<Token> tokens) {
        if (tokens.get(0).isWord("DELETE") || tokens.get(0).isWord("ALTER") || tokens.get(0).isWord("DROP")) {
            return null;
        }

        final SqlEdit edit = new SqlEdit(tokens);
        for (final int start : TableReferences.find(tokens)) {
            final ObjectName name = ObjectName.read(tokens, start, "SELECT");
            final String table = name.name().toLowerCase(Locale.ROOT);
            if (FILTERED.contains(table) && (name.schema() == null || name.schema().equalsIgnoreCase("pg_catalog"))) {
                edit.replace(start, name.end(), OWN_SCHEMA + ".client_" + table.substring("pg_".length()) + (TableReferences.hasAlias(tokens, name.end()) ? "" : " AS " + table));
            }
        }

        return edit.result();
    }
}
