package io.github.unloadcopy.sandbox.redshift.sql;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * Names: Redshift folds them to lower case, those in double quotes too unless the session has {@code enable_case_sensitive_identifier}; # begins the name of a temporary table; SYSDATE
 * and CURRENT_NAMESPACE are no names, and JSON_SERIALIZE is a function. Rules: pages "Names and identifiers" and CURRENT_NAMESPACE of the Redshift Database Developer Guide.
 */
final class IdentifierRewriter {

    /** PostgreSQL would cut what is longer, Redshift takes 127. */
    private static final int LONGEST_NAME = 63;
    private static final Set<String> BEFORE_TABLES = Set.of("FROM", "JOIN", "INTO", "TABLE", "UPDATE", "EXISTS", "USING", "ANALYZE", "VACUUM", "TRUNCATE", "LOCK", "LIKE", "REFERENCES", "ON",
            "COPY", "TO");

    private IdentifierRewriter() {
    }

    /**
     * Writes one statement with the names as the backend has them.
     *
     * @param caseSensitive whether the session keeps the case of names in double quotes
     * @return the tokens themselves when there is nothing to change
     * @throws SqlError for a name that the sandbox would have to cut
     */
    static List<Token> fold(final List<Token> tokens, final boolean caseSensitive) {
        final SqlEdit edit = new SqlEdit(tokens);
        for (int index = 0; index < tokens.size(); index++) {
            final Token token = tokens.get(index);
            if (token.isIdentifier()) {
                checkLength(token);
                final String folded = folded(tokens, index, caseSensitive);
                if (!folded.equals(token.source())) {
                    edit.replace(index, index + 1, folded);
                }
            }
        }

        final String edited = edit.result();
        return edited == null ? tokens : Tokenizer.read(edited).tokens();
    }

    private static void checkLength(final Token token) {
        if (token.end() - token.start() > LONGEST_NAME && Literals.identifier(token).getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            throw SqlError.notSupported("Names of more than " + LONGEST_NAME + " bytes are not supported by the sandbox");
        }
    }

    private static String folded(final List<Token> tokens, final int index, final boolean caseSensitive) {
        final Token token = tokens.get(index);
        final String source = token.source();
        if (token.kind() == Token.Kind.QUOTED_IDENTIFIER) {
            return caseSensitive ? source : lower(source);
        }

        if (isTemporary(tokens, index)) {
            return Literals.quoteIdentifier(lower(source));
        }

        final boolean unqualified = index == 0 || !tokens.get(index - 1).isSymbol('.');
        final boolean called = index + 1 < tokens.size() && tokens.get(index + 1).isSymbol('(');

        if (unqualified && !called && token.isWord("SYSDATE")) {
            return "pg_catalog.sysdate()";
        }

        if (unqualified && !called && token.isWord("CURRENT_NAMESPACE") && !tokens.get(Math.max(0, index - 1)).isWord("AS")) {
            return "pg_internal.current_namespace()";
        }

        // PostgreSQL has an expression of this name, which does not know SUPER.
        return unqualified && called && token.isWord("JSON_SERIALIZE") ? "pg_catalog.json_serialize" : source;
    }

    private static boolean isTemporary(final List<Token> tokens, final int index) {
        final Token token = tokens.get(index);
        if (token.source().charAt(0) != '#' || token.end() - token.start() < 2 || index == 0) {
            return false;
        }

        final Token before = tokens.get(index - 1);
        final boolean column = index + 1 < tokens.size() && tokens.get(index + 1).isSymbol('.');
        return before.isSymbol(',') || before.kind() == Token.Kind.WORD && BEFORE_TABLES.contains(before.upper()) || column;
    }

    /** ASCII only, as Redshift does it. */
    private static String lower(final String name) {
        final StringBuilder lower = new StringBuilder(name);
        for (int index = 0; index < lower.length(); index++) {
            final char character = lower.charAt(index);
            if (character >= 'A' && character <= 'Z') {
                lower.setCharAt(index, (char) (character + 'a' - 'A'));
            }
        }

        return lower.toString();
    }
}
