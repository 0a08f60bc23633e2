package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Set;

/**
 * Which statements get a query id: those that compute nodes take part in. What only the leader node does, such as asking its catalog or calling its functions, gets none: page PG_LAST_QUERY_ID of
 * the Redshift Database Developer Guide.
 */
final class QueryIds {

    private static final Set<String> ALWAYS = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");
    private static final List<String> LEADER = List.of("PG_", "SVV_", "INFORMATION_SCHEMA", "\"PG_", "\"INFORMATION_SCHEMA");

    private QueryIds() {
    }

    static boolean takes(final List<Token> tokens) {
        final String word = tokens.get(0).upper();
        if (ALWAYS.contains(word)) {
            return true;
        }

        if (!Set.of("SELECT", "WITH", "CREATE", "(").contains(word)) {
            return false;
        }

        // CREATE TABLE AS and a query of tables have this in common; a plain CREATE TABLE has no FROM.
        for (int index = 0; index + 1 < tokens.size(); index++) {
            if ((tokens.get(index).isWord("FROM") || tokens.get(index).isWord("JOIN") || tokens.get(index).isWord("INTO")) && isTable(tokens, index + 1)) {
                return !word.equals("CREATE") || isCreateTable(tokens);
            }
        }

        return isCreateTable(tokens) && tokens.stream().anyMatch(token -> token.isWord("AS"));
    }

    private static boolean isCreateTable(final List<Token> tokens) {
        return tokens.get(0).isWord("CREATE") && tokens.subList(1, Math.min(tokens.size(), 4)).stream().anyMatch(token -> token.isWord("TABLE"));
    }

    private static boolean isTable(final List<Token> tokens, final int index) {
        if (!tokens.get(index).isIdentifier() || LEADER.stream().anyMatch(tokens.get(index).upper()::startsWith)) {
            return false;
        }

        return index + 1 == tokens.size() || !tokens.get(index + 1).isSymbol('(');
    }

    static boolean asks(final List<Token> tokens) {
        return tokens.stream().anyMatch(token -> token.isWord("PG_LAST_QUERY_ID"));
    }
}
