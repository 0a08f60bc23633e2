package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Names, without schema and in lower case, of all tables or views of a kind that there ever were on a cluster. Statements that have none of them need not be looked at, and so ask nothing: a
 * question would make the snapshot of their transaction.
 */
public final class RelationNames {

    private final Set<String> names = ConcurrentHashMap.newKeySet();

    /** Adds a name. */
    public void add(final String name) {
        names.add(name.toLowerCase(Locale.ROOT));
    }

    /** Whether a name is one of them. */
    boolean contains(final String name) {
        return names.contains(name.toLowerCase(Locale.ROOT));
    }

    /** Whether a statement has one of them. */
    boolean isIn(final String sql) {
        return !names.isEmpty() && Tokenizer.read(sql).tokens().stream().anyMatch(token -> token.isIdentifier() && contains(Literals.identifier(token)));
    }

    /** Follows ALTER TABLE … RENAME TO, which renames views too. */
    void follow(final List<Token> tokens) {
        final int last = tokens.size() - 1;
        if (last > 4 && tokens.get(0).isWord("ALTER") && tokens.get(last - 2).isWord("RENAME") && tokens.get(last - 1).isWord("TO") && tokens.get(last).isIdentifier()
                && contains(Literals.identifier(tokens.get(last - 3)))) {
            add(Literals.identifier(tokens.get(last)));
        }
    }
}
