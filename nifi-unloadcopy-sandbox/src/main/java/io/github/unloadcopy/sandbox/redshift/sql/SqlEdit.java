package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * A statement in which some tokens are exchanged for other text, from left to right; everything between them stays as written.
 */
public final class SqlEdit {

    private final List<Token> tokens;
    private final StringBuilder result = new StringBuilder();
    private int copied;
    private boolean changed;

    public SqlEdit(final List<Token> tokens) {
        this.tokens = tokens;
        this.copied = tokens.get(0).start();
    }

    /**
     * Exchanges the tokens from {@code first} to the one before {@code end}.
     */
    public void replace(final int first, final int end, final String text) {
        final String source = tokens.get(0).text();
        result.append(source, copied, tokens.get(first).start()).append(text);
        copied = tokens.get(end - 1).end();
        changed = true;
    }

    void remove(final int first, final int end) {
        replace(first, end, "");
    }

    /** The edited statement, or null when nothing was exchanged. */
    public String result() {
        if (!changed) {
            return null;
        }

        return result + tokens.get(0).text().substring(copied, tokens.get(tokens.size() - 1).end());
    }
}
