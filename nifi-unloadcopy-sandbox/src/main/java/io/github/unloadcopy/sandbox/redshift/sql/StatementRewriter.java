package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * Turns one kind of statement of Redshift into PostgreSQL's words, token by token.
 */
public interface StatementRewriter {

    /**
     * @param tokens one statement, without its semicolon
     * @return the same statement in PostgreSQL's words, or null when it is not of this kind or needs no change
     * @throws SqlError when Redshift would refuse it, or the sandbox cannot honour it
     */
    String rewrite(List<Token> tokens);
}
