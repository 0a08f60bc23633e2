package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * CREATE VIEW … WITH NO SCHEMA BINDING. In PostgreSQL such a view is one of no columns, which depends on nothing, beside a function of the view's owner that runs its text; statements that read
 * the view read the function (see {@code late-binding.sql}). Rules: pages CREATE VIEW and PG_GET_LATE_BINDING_VIEW_COLS of the Redshift Database Developer Guide.
 *
 * <p>For several threads.
 */
public final class LateBindingViews {

    private static final String COMMAND = "CREATE VIEW";
    private static final List<String> CLAUSE = List.of("WITH", "NO", "SCHEMA", "BINDING");

    private final RelationNames names = new RelationNames();

    /** Says that there is a view. */
    public void add(final String name) {
        names.add(name);
    }

    /**
     * Plans the creation of one, or returns null for another statement.
     *
     * @param rewriting puts a query into PostgreSQL's words
     * @throws SqlError when names in its query have no schema
     */
    PlannedStatement plan(final List<Token> tokens, final Function<List<Token>, String> rewriting) {
        names.follow(tokens);
        final int clause = tokens.size() - CLAUSE.size();
        if (!tokens.get(0).isWord("CREATE") || clause < 1 || !hasWords(tokens, clause)) {
            return null;
        }

        int position = tokens.get(1).isWord("OR") ? 3 : 1;
        if (!tokens.get(position).isWord("VIEW")) {
            return null;
        }

        final ObjectName name = ObjectName.read(tokens, position + 1, COMMAND);
        position = name.end();
        String columns = "";
        if (tokens.get(position).isSymbol('(')) {
            final int end = TableConstraint.names(tokens, position).end();
            columns = source(tokens, position, end);
            position = end;
        }

        if (!tokens.get(position).isWord("AS") || position + 1 >= clause) {
            throw SqlError.syntax("syntax error in CREATE VIEW: AS and a query are missing");
        }

        final List<Token> queryTokens = tokens.subList(position + 1, clause);
        final String text = source(tokens, position + 1, clause);
        final Set<String> schemas = schemas(queryTokens);
        add(name.name());
        final String query = rewriting.apply(queryTokens);
        final String bound = columns.isEmpty() ? query : "SELECT * FROM (" + query + ") AS late_binding " + columns;
        final String create = tokens.get(1).isWord("OR") ? "CREATE OR REPLACE VIEW " : "CREATE VIEW ";
        final String schemaNames = String.join(", ", schemas.stream().map(Literals::quote).toList());
        return new PlannedStatement.Sequence(COMMAND, List.of(create + name.quoted() + " AS SELECT", "SELECT pg_internal.bind_late(" + Literals.quote(name.quoted()) + ", " + Literals.quote(bound)
                + ", " + Literals.quote(text) + ", ARRAY[" + schemaNames + "]::text[])"), PlannedStatement.Transaction.JOINS);
    }

    private static boolean hasWords(final List<Token> tokens, final int start) {
        for (int index = 0; index < CLAUSE.size(); index++) {
            if (!tokens.get(start + index).isWord(CLAUSE.get(index))) {
                return false;
            }
        }

        return true;
    }

    private static Set<String> schemas(final List<Token> query) {
        final Set<String> common = new LinkedHashSet<>();
        for (int index = 0; index + 2 < query.size(); index++) {
            if (query.get(index).isIdentifier() && query.get(index + 1).isWord("AS") && query.get(index + 2).isSymbol('(')) {
                common.add(Literals.identifier(query.get(index)).toLowerCase(Locale.ROOT));
            }
        }

        final Set<String> schemas = new LinkedHashSet<>();
        for (final int start : TableReferences.find(query)) {
            final ObjectName name = ObjectName.read(query, start, COMMAND);
            if (name.schema() != null) {
                schemas.add(name.schema().toLowerCase(Locale.ROOT));
            } else if (!common.contains(name.name().toLowerCase(Locale.ROOT))) {
                throw new SqlError(SqlError.NOT_SUPPORTED, "All the relation names inside should be qualified when creating VIEW WITH NO SCHEMA BINDING.");
            }
        }

        return schemas;
    }

    /** Places in a statement that may read such views; empty in most. */
    public List<Reference> references(final String sql) {
        final List<Reference> found = new ArrayList<>();
        if (!names.isIn(sql)) {
            return found;
        }

        final List<Token> tokens = Tokenizer.read(sql).tokens();
        for (final int start : TableReferences.find(tokens)) {
            final ObjectName name = ObjectName.read(tokens, start, "SELECT");
            final boolean changed = start > 0 && tokens.get(start - 1).isWord("FROM") && start > 1 && tokens.get(start - 2).isWord("DELETE");
            if (names.contains(name.name()) && !changed && !isLateBinding(tokens)) {
                found.add(new Reference(tokens.get(start).start(), tokens.get(name.end() - 1).end(), folded(name), TableReferences.hasAlias(tokens, name.end()) ? "" : " AS "
                        + Literals.quoteIdentifier(name.name().toLowerCase(Locale.ROOT))));
            }
        }

        return found;
    }

    /** What such a view reads is looked up when it is read itself. */
    private static boolean isLateBinding(final List<Token> tokens) {
        return tokens.size() > CLAUSE.size() && hasWords(tokens, tokens.size() - CLAUSE.size());
    }

    private static String folded(final ObjectName name) {
        return new ObjectName(name.schema() == null ? null : name.schema().toLowerCase(Locale.ROOT), name.name().toLowerCase(Locale.ROOT), 0).quoted();
    }

    private static String source(final List<Token> tokens, final int start, final int end) {
        return tokens.get(0).text().substring(tokens.get(start).start(), tokens.get(end - 1).end());
    }

    /**
     * A name in a statement.
     *
     * @param start index of its first character
     * @param end index after its last character
     * @param name for SQL
     * @param alias what the statement needs after another source of rows in this place; empty when it has an alias
     */
    public record Reference(int start, int end, String name, String alias) {
    }
}
