package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Set;

/**
 * What one statement has to do with tables and with the transaction that it is in. Rules: page "Write and read/write operations" of the Redshift Database Developer Guide.
 *
 * @param target the table that is written, for SQL; null for other kinds than INSERTS and CHANGES
 * @param queries whether other tables may be read as well
 */
public record TableAccess(Kind kind, String target, boolean queries) {

    private static final Set<String> COMMANDS = Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE");
    private static final TableAccess OTHER = new TableAccess(Kind.OTHER, null, false);
    private static final TableAccess READS = new TableAccess(Kind.READS, null, true);

    /** What a statement does. */
    public enum Kind {
        /** Begins a transaction. */
        BEGINS,
        /** Ends one: COMMIT and END. */
        COMMITS,
        /** Ends one: ROLLBACK and ABORT. */
        ROLLS_BACK,
        /** Reads only: SELECT, and CREATE TABLE AS, whose table no other transaction has seen. */
        READS,
        /** A pure write: INSERT and COPY. */
        INSERTS,
        /** Reads its target and writes it: UPDATE, DELETE and MERGE. */
        CHANGES,
        /** Anything else. */
        OTHER
    }

    static TableAccess of(final List<Token> tokens) {
        if (tokens.isEmpty()) {
            return OTHER;
        }

        return switch (tokens.get(0).upper()) {
            case "BEGIN", "START" -> new TableAccess(Kind.BEGINS, null, false);
            case "COMMIT", "END" -> new TableAccess(Kind.COMMITS, null, false);
            case "ROLLBACK", "ABORT" -> new TableAccess(Kind.ROLLS_BACK, null, false);
            case "SELECT", "(", "DECLARE" -> READS;
            case "CREATE" -> has(tokens, "AS") && has(tokens, "SELECT") ? READS : OTHER;
            case "WITH" -> afterCommonTables(tokens);
            case "INSERT" -> target(Kind.INSERTS, tokens, Set.of("INTO"), has(tokens, "SELECT"));
            case "UPDATE" -> target(Kind.CHANGES, tokens, Set.of("ONLY"), true);
            case "DELETE" -> target(Kind.CHANGES, tokens, Set.of("FROM", "ONLY"), true);
            case "MERGE" -> target(Kind.CHANGES, tokens, Set.of("INTO"), true);
            default -> OTHER;
        };
    }

    /** What COPY does. */
    public static TableAccess ofCopy(final CopyStatement statement) {
        return new TableAccess(Kind.INSERTS, new ObjectName(statement.schema(), statement.table(), 0).quoted(), false);
    }

    public boolean writes() {
        return kind == Kind.INSERTS || kind == Kind.CHANGES;
    }

    private static boolean has(final List<Token> tokens, final String word) {
        return tokens.stream().anyMatch(token -> token.isWord(word));
    }

    private static TableAccess afterCommonTables(final List<Token> tokens) {
        int depth = 0;
        for (int index = 1; index < tokens.size(); index++) {
            final Token token = tokens.get(index);
            if (token.isSymbol('(')) {
                depth++;
            } else if (token.isSymbol(')')) {
                depth--;
            } else if (depth == 0 && COMMANDS.contains(token.upper())) {
                final TableAccess access = of(tokens.subList(index, tokens.size()));
                return new TableAccess(access.kind(), access.target(), true);
            }
        }

        return OTHER;
    }

    private static TableAccess target(final Kind kind, final List<Token> tokens, final Set<String> before, final boolean queries) {
        int position = 1;
        while (position < tokens.size() && before.contains(tokens.get(position).upper())) {
            position++;
        }

        // What has no name there is refused by PostgreSQL, in its own words.
        return position < tokens.size() && tokens.get(position).isIdentifier() ? new TableAccess(kind, ObjectName.read(tokens, position, tokens.get(0).upper()).quoted(), queries) : OTHER;
    }
}
