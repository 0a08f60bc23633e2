package io.github.unloadcopy.sandbox.redshift.privileges;

import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.SqlEdit;
import io.github.unloadcopy.sandbox.redshift.sql.Token;
import io.github.unloadcopy.sandbox.redshift.sql.Tokenizer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
    private static final Set<String> AFTER_FROM = Set.of("WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT", "MINUS", "WINDOW", "QUALIFY", "SET");
    /** What follows a table that has no alias. */
    private static final Set<String> NO_ALIAS = Set.of("WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT", "MINUS", "WINDOW", "QUALIFY", "ON", "USING", "JOIN",
            "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "WITH", "FETCH", "FOR");

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
        final Scan scan = new Scan(tokens);
        for (int position = scan.next(); position >= 0; position = scan.next()) {
            final List<String> name = scan.readName();
            final MaskedTable table = scan.isCalled() ? null : find(name);
            if (table != null && !(name.size() == 1 && isCommonTable(tokens, name.getFirst()))) {
                edit.replace(position, scan.position(), table.reference() + (hasAlias(tokens, scan.position()) ? "" : " AS " + Literals.quoteIdentifier(table.name())));
            }
        }

        final String edited = edit.result();
        return edited == null ? sql : edited;
    }

    private MaskedTable find(final List<String> name) {
        final String table = name.getLast();
        final String schema = name.size() > 1 ? name.get(name.size() - 2) : null;
        return tables.stream().filter(candidate -> candidate.name().equals(table) && (schema == null ? candidate.visible() : candidate.schema().equals(schema))).findFirst().orElse(null);
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

    private static boolean hasAlias(final List<Token> tokens, final int position) {
        return position < tokens.size() && tokens.get(position).isIdentifier() && !(tokens.get(position).kind() == Token.Kind.WORD && NO_ALIAS.contains(tokens.get(position).upper()));
    }

    /**
     * One masked table.
     *
     * @param visible whether its name means it without the schema
     * @param reference what a query reads in its place
     */
    private record MaskedTable(String schema, String name, boolean visible, String reference) {
    }

    /** Goes from one name of a table in a FROM clause to the next. */
    private static final class Scan {

        private final List<Token> tokens;
        /** One element for each open parenthesis and one for the statement. */
        private final Deque<Level> levels = new ArrayDeque<>();
        private int position;

        Scan(final List<Token> tokens) {
            this.tokens = tokens;
            // The first FROM of a DELETE has the table that is written.
            levels.push(new Level(!tokens.getFirst().isWord("DELETE")));
        }

        int position() {
            return position;
        }

        /** Moves to the next name and returns its place, or -1. */
        int next() {
            boolean expected = false;
            while (position < tokens.size()) {
                final Token token = tokens.get(position);
                if (expected && token.isIdentifier() && !token.isWord("LATERAL") && !token.isWord("SELECT")) {
                    return position;
                }

                expected = follow(token, expected);
                position++;
            }

            return -1;
        }

        /** Takes one token. True when a table may come next. */
        private boolean follow(final Token token, final boolean expected) {
            final Level level = levels.peek();
            if (token.isSymbol('(')) {
                levels.push(new Level(false));
                levels.peek().inFrom = expected;
                return expected;
            }

            if (token.isSymbol(')')) {
                if (levels.size() > 1) {
                    levels.pop();
                }

                return false;
            }

            if (token.isSymbol(',')) {
                return level.inFrom;
            }

            return token.kind() == Token.Kind.WORD && followWord(token, level, expected);
        }

        private boolean followWord(final Token token, final Level level, final boolean expected) {
            final String word = token.upper();
            switch (word) {
                case "SELECT" -> {
                    level.takesFrom = true;
                    level.inFrom = false;
                }
                case "FROM" -> {
                    final boolean distinct = position > 0 && tokens.get(position - 1).isWord("DISTINCT") && position > 1 && !tokens.get(position - 2).isWord("SELECT");
                    level.inFrom = level.takesFrom && !distinct;
                    level.takesFrom = true;
                    return level.inFrom;
                }
                case "JOIN" -> {
                    return level.inFrom;
                }
                case "LATERAL" -> {
                    return expected;
                }
                default -> level.inFrom &= !AFTER_FROM.contains(word);
            }

            return false;
        }

        List<String> readName() {
            final List<String> parts = new ArrayList<>();
            parts.add(Literals.identifier(tokens.get(position)));
            position++;
            while (position + 1 < tokens.size() && tokens.get(position).isSymbol('.') && tokens.get(position + 1).isIdentifier()) {
                parts.add(Literals.identifier(tokens.get(position + 1)));
                position += 2;
            }

            return parts;
        }

        /** Whether the name is one of a function. */
        boolean isCalled() {
            return position < tokens.size() && tokens.get(position).isSymbol('(');
        }

        /** One query, or what is in parentheses. */
        private static final class Level {

            /** Whether FROM begins a FROM clause, and is not part of a function's arguments. */
            private boolean takesFrom;
            private boolean inFrom;

            Level(final boolean takesFrom) {
                this.takesFrom = takesFrom;
            }
        }
    }
}
