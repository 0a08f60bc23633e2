package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Marks statements that read tables, for clusters whose float columns do not obey {@code extra_float_digits}: a comment that the output functions of {@code types.sql} look for.
 * <p>
 * The page extra_float_digits of the Redshift Database Developer Guide does not tell tables from other values. A cluster was seen to print columns of a table with the standard digits only (6 of
 * REAL, 15 of DOUBLE PRECISION) while a cast without a table obeyed (psycopg/psycopg2, issue 1430): the setting seems not to reach the compute nodes, which read tables; the leader node runs the
 * rest.
 */
final class StoredFloatsRewriter implements StatementRewriter {

    /** What {@code pg_internal.reads_tables()} looks for. */
    private static final String MARK = " /* sandbox reads tables */";
    private static final Set<String> BEFORE_TABLES = Set.of("FROM", "JOIN", "USING", "TABLE");
    /** Those that name no table, or one before any of the words above. */
    private static final Set<String> COMMANDS = Set.of("EXECUTE", "UPDATE");

    private final BooleanSupplier obey;

    StoredFloatsRewriter(final BooleanSupplier obey) {
        this.obey = obey;
    }

    @Override
    public String rewrite(final List<Token> tokens) {
        if (obey.getAsBoolean() || !readsTable(tokens)) {
            return null;
        }

        final SqlEdit edit = new SqlEdit(tokens);
        edit.replace(0, 1, tokens.get(0).source() + MARK);
        return edit.result();
    }

    /** Whether a statement is one for the compute nodes. */
    static boolean readsTable(final List<Token> tokens) {
        if (COMMANDS.contains(tokens.get(0).upper())) {
            return true;
        }

        for (int index = 0; index + 1 < tokens.size(); index++) {
            if (BEFORE_TABLES.contains(tokens.get(index).upper()) && tokens.get(index + 1).isIdentifier() && isTable(tokens, index + 1)) {
                return true;
            }
        }

        return false;
    }

    /** Neither a function nor in the catalog, which the leader node reads itself. */
    private static boolean isTable(final List<Token> tokens, final int position) {
        final boolean called = position + 1 < tokens.size() && tokens.get(position + 1).isSymbol('(');
        final String name = Literals.identifier(tokens.get(position)).toLowerCase(Locale.ROOT);
        return !called && !name.startsWith("pg_") && !name.equals("information_schema");
    }
}
