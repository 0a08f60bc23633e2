package io.github.unloadcopy.sandbox.redshift.privileges;

import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.Token;
import io.github.unloadcopy.sandbox.redshift.sql.TokenReader;

import java.util.ArrayList;
import java.util.List;

/**
 * What the planners of this package share.
 */
final class Statements {

    private static final int LONGEST_NAME = 3;

    private Statements() {
    }

    /** Whether a statement begins with these words. */
    static boolean startsWith(final List<Token> tokens, final String... words) {
        if (tokens.size() < words.length) {
            return false;
        }

        for (int index = 0; index < words.length; index++) {
            if (!tokens.get(index).isWord(words[index])) {
                return false;
            }
        }

        return true;
    }

    /** A reader of what follows the first words of a statement. */
    static TokenReader after(final List<Token> tokens, final int words, final String command) {
        return new TokenReader(command, tokens.subList(words, tokens.size()));
    }

    static void expectEnd(final TokenReader reader) {
        if (!reader.atEnd()) {
            throw reader.unexpected("nothing more");
        }
    }

    /** The place of a word outside of parentheses, or -1. */
    static int find(final List<Token> tokens, final String word, final boolean last) {
        int depth = 0;
        int found = -1;
        for (int index = 0; index < tokens.size(); index++) {
            final Token token = tokens.get(index);
            if (token.isSymbol('(')) {
                depth++;
            } else if (token.isSymbol(')')) {
                depth--;
            } else if (depth == 0 && token.isWord(word) && (last || found < 0)) {
                found = index;
            }
        }

        return found;
    }

    /** The text from one token to the one before another. */
    static String source(final List<Token> tokens, final int first, final int end) {
        return first >= end ? "" : tokens.get(first).text().substring(tokens.get(first).start(), tokens.get(end - 1).end());
    }

    /** Steps that are part of the transaction that the statement is in. */
    static PlannedStatement joining(final String tag, final String... steps) {
        return new PlannedStatement.Sequence(tag, List.of(steps), PlannedStatement.Transaction.JOINS);
    }

    /** Reads {@code [[database.]schema.]name}, for SQL, without the database. */
    static String readRelation(final TokenReader reader) {
        final List<String> parts = new ArrayList<>();
        do {
            parts.add(Literals.quoteIdentifier(reader.expectIdentifier("the name of a table")));
        } while (reader.acceptSymbol('.'));

        if (parts.size() > LONGEST_NAME) {
            throw SqlError.syntax("improper qualified name (too many dotted names): " + String.join(".", parts));
        }

        return String.join(".", parts.subList(Math.max(0, parts.size() - 2), parts.size()));
    }

    /** Reads whom a policy is attached to: {@code user | ROLE role | PUBLIC}, one or more of them. */
    static List<Identity> readPolicyHolders(final TokenReader reader) {
        final List<Identity> holders = Identity.readList(reader);
        if (holders.stream().anyMatch(holder -> holder.kind() == Identity.Kind.GROUP)) {
            throw SqlError.syntax("syntax error at or near \"group\": policies are attached for users, roles and PUBLIC");
        }

        return holders;
    }

    static boolean acceptIfExists(final TokenReader reader) {
        final boolean found = reader.acceptWord("IF");
        if (found) {
            reader.expectWord("EXISTS");
        }

        return found;
    }

    /** Takes CASCADE, or RESTRICT, which is the default. */
    static boolean acceptCascade(final TokenReader reader) {
        final boolean cascades = reader.acceptWord("CASCADE");
        if (!cascades) {
            reader.acceptWord("RESTRICT");
        }

        return cascades;
    }

    static SqlError syntaxError(final Token token) {
        return SqlError.syntax("syntax error at or near \"" + token.source() + '"');
    }
}
