package io.github.unloadcopy.sandbox.redshift.privileges;

import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.ObjectName;
import io.github.unloadcopy.sandbox.redshift.sql.SqlEdit;
import io.github.unloadcopy.sandbox.redshift.sql.TableReferences;
import io.github.unloadcopy.sandbox.redshift.sql.Token;
import io.github.unloadcopy.sandbox.redshift.sql.Tokenizer;

import java.util.List;
import java.util.Set;

/**
 * The tables that masking policies apply to for the user of a session, and how queries come to read them masked: a table in a FROM clause becomes a subquery that reads
 * {@code pg_internal.masked_rows}. What is not found to be such a table stays, and PostgreSQL refuses to read it, see {@code masking.sql}.
 */
public final class MaskedTables {

    /** Gives them. */
    public static final String QUERY = "SELECT schema_name, table_name, pg_catalog.pg_table_is_visible(relation), reference FROM pg_internal.masked_references()";

    private static final Set<String> READING = Set.of("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "DECLARE", "(");

    private final List<MaskedTable> tables;

    private MaskedTables(final List<MaskedTable> tables) {
        this.tables = tables;
    }

    /** Takes the rows of {@link #QUERY}. */
    public static MaskedTables of(final List<List<String>> rows) {
        return new MaskedTables(rows.stream().map(row -> new MaskedTable(row.get(0), row.get(1), row.get(2).equals("t"), row.get(3))).toList());
    }

    /** Whether a statement may read a table by a query. */
    public static boolean concern(final String sql) {
        final List<Token> tokens = Tokenizer.read(sql).tokens();
        return !tokens.isEmpty() && (READING.contains(tokens.getFirst().upper()) || createsTable(tokens));
    }

    private static boolean createsTable(final List<Token> tokens) {
        return tokens.getFirst().isWord("CREATE") && tokens.stream().limit(4).anyMatch(token -> token.isWord("TABLE"));
    }

    /** Writes a statement so that it reads these tables masked, wherever that can be done. */
    public String rewrite(final String sql) {
        if (tables.isEmpty() || !concern(sql)) {
            return sql;
        }

        final List<Token> tokens = Tokenizer.read(sql).tokens();
        final SqlEdit edit = new SqlEdit(tokens);
        for (final int start : TableReferences.find(tokens)) {
            final ObjectName name = ObjectName.read(tokens, start, "SELECT");
            final MaskedTable table = find(name);
            final boolean common = name.schema() == null && isCommonTable(tokens, name.name());
            // The first FROM of a DELETE has the table that is written.
            if (table != null && !common && !(tokens.getFirst().isWord("DELETE") && start == 2)) {
                edit.replace(start, name.end(), table.reference() + (TableReferences.hasAlias(tokens, name.end()) ? "" : " AS " + Literals.quoteIdentifier(table.name())));
            }
        }

        final String edited = edit.result();
        return edited == null ? sql : edited;
    }

    private MaskedTable find(final ObjectName name) {
        return tables.stream().filter(table -> table.name().equals(name.name()) && (name.schema() == null ? table.visible() : table.schema().equals(name.schema()))).findFirst().orElse(null);
    }

    /** Whether WITH gives a query this name: {@code name [(columns)] AS (}. */
    private static boolean isCommonTable(final List<Token> tokens, final String name) {
        for (int index = 1; index + 2 < tokens.size(); index++) {
            if (tokens.get(index).isIdentifier() && Literals.identifier(tokens.get(index)).equals(name)) {
                int next = index + 1;
                if (tokens.get(next).isSymbol('(')) {
                    while (next < tokens.size() && !tokens.get(next).isSymbol(')')) {
                        next++;
                    }

                    next++;
                }

                if (next + 1 < tokens.size() && tokens.get(next).isWord("AS") && tokens.get(next + 1).isSymbol('(')) {
                    return true;
                }
            }
        }

        return false;
    }

    /**
     * One masked table.
     *
     * @param visible whether its name means it without the schema
     * @param reference what a query reads in its place
     */
    private record MaskedTable(String schema, String name, boolean visible, String reference) {
    }
}
