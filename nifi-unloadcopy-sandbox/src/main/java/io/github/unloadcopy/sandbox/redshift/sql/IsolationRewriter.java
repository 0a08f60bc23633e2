package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Isolation levels in BEGIN, SET and SHOW. Redshift takes PostgreSQL's names and gives each of them the same meaning, SERIALIZABLE, while the database's own level decides (page BEGIN of the Redshift
 * Database Developer Guide): whatever a session asks for, the level beneath it stays REPEATABLE READ, and SHOW answers "serializable".
 */
public final class IsolationRewriter implements StatementRewriter {

    private static final String BENEATH = "REPEATABLE READ";
    private static final Set<String> LEVELS = Set.of("SERIALIZABLE", "READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ");
    private static final Set<String> SETTINGS = Set.of("TRANSACTION_ISOLATION", "DEFAULT_TRANSACTION_ISOLATION");

    @Override
    public String rewrite(final List<Token> tokens) {
        return switch (tokens.get(0).upper()) {
            case "BEGIN", "START" -> inModes(tokens);
            case "SET" -> set(tokens, 1);
            case "SHOW" -> show(tokens);
            case "ALTER" -> tokens.size() > 5 && tokens.get(1).isWord("USER") && tokens.get(3).isWord("SET") ? set(tokens, 4) : null;
            default -> null;
        };
    }

    /**
     * Refuses options of the start-up message that would lower the level.
     *
     * @throws SqlError when they name a setting of it
     */
    public static void checkOptions(final String options) {
        final String plain = options.replace("\\", "").replace('-', '_').toUpperCase(Locale.ROOT);
        if (plain.contains("TRANSACTION_ISOLATION") || plain.contains("REDSHIFT.")) {
            throw SqlError.notSupported("The isolation level cannot be set in options: it is the database's");
        }
    }

    private static String set(final List<Token> tokens, final int start) {
        int position = start;
        if (tokens.size() > position + 1 && (tokens.get(position).isWord("SESSION") || tokens.get(position).isWord("LOCAL"))) {
            position++;
        }

        if (tokens.size() <= position) {
            return null;
        }

        if (tokens.get(position).isWord("TRANSACTION") || tokens.get(position).isWord("CHARACTERISTICS")) {
            return inModes(tokens);
        }

        if (tokens.size() != position + 3 && tokens.size() != position + 4 || !SETTINGS.contains(name(tokens.get(position)))) {
            return null;
        }

        final Token first = tokens.get(position + 2);
        final String value = first.isString() ? Literals.value(first) : first.source() + (tokens.size() == position + 4 ? " " + tokens.get(position + 3).source() : "");
        if (!LEVELS.contains(value.toUpperCase(Locale.ROOT))) {
            return null;
        }

        return edited(tokens, position + 2, tokens.size(), Literals.quote(BENEATH));
    }

    private static String name(final Token token) {
        return token.isIdentifier() ? Literals.identifier(token).toUpperCase(Locale.ROOT) : "";
    }

    /** ISOLATION LEVEL among the modes of a transaction. */
    private static String inModes(final List<Token> tokens) {
        for (int index = 1; index + 2 < tokens.size(); index++) {
            if (tokens.get(index).isWord("ISOLATION") && tokens.get(index + 1).isWord("LEVEL")) {
                final int first = index + 2;
                final int end = first + (tokens.get(first).isWord("SERIALIZABLE") ? 1 : 2);
                if (end > tokens.size() || !LEVELS.contains(level(tokens.subList(first, end)))) {
                    throw SqlError.syntax("syntax error at or near \"" + tokens.get(first).source() + '"');
                }

                return edited(tokens, first, end, BENEATH);
            }
        }

        return null;
    }

    private static String level(final List<Token> words) {
        return String.join(" ", words.stream().map(Token::upper).toList());
    }

    private static String show(final List<Token> tokens) {
        final boolean named = tokens.size() == 2 && SETTINGS.contains(name(tokens.get(1)));
        final boolean spelledOut = tokens.size() == 4 && tokens.get(1).isWord("TRANSACTION") && tokens.get(2).isWord("ISOLATION") && tokens.get(3).isWord("LEVEL");
        if (!named && !spelledOut) {
            return null;
        }

        final String name = named ? name(tokens.get(1)).toLowerCase(Locale.ROOT) : "transaction_isolation";
        return "SELECT pg_internal.setting(" + Literals.quote(name) + ") AS " + Literals.quoteIdentifier(name);
    }

    private static String edited(final List<Token> tokens, final int first, final int end, final String text) {
        final SqlEdit edit = new SqlEdit(tokens);
        edit.replace(first, end, text);
        return edit.result();
    }
}
