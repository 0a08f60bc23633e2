package io.github.unloadcopy.sandbox.redshift.sql;

import io.github.unloadcopy.sandbox.redshift.privileges.PrivilegeStatements;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Splits a text into statements and decides what becomes of each.
 */
public final class StatementPlanner {

    private static final Set<String> TRANSACTION_CONTROL = Set.of("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT");

    private final List<StatementRewriter> rewriters;
    private final LateBindingViews lateBindingViews = new LateBindingViews();
    private final RelationNames maskedTables = new RelationNames();

    public StatementPlanner(final List<StatementRewriter> rewriters) {
        this.rewriters = List.copyOf(rewriters);
    }

    /**
     * Refuses a text that names what only the sandbox has.
     *
     * @throws SqlError as a cluster would, which does not have it
     */
    public void check(final String sql) {
        CatalogRewriter.check(Tokenizer.read(sql).tokens());
    }

    /** The late-binding views that it has planned. */
    public LateBindingViews lateBindingViews() {
        return lateBindingViews;
    }

    /** The tables that have, or had, masking policies. */
    public RelationNames maskedTables() {
        return maskedTables;
    }

    /** Whether a statement names a table that may have a masking policy. */
    public boolean mayMask(final String sql) {
        return maskedTables.isIn(sql);
    }

    /** Plans the statements of a session that has set nothing. */
    public List<PlannedStatement> plan(final String sql) {
        return plan(sql, SessionSettings.DEFAULT);
    }

    /** Plans every statement of a text, in order; an empty text gives none. */
    public List<PlannedStatement> plan(final String sql, final SessionSettings settings) {
        return plan(sql, settings, true);
    }

    /**
     * Does the same.
     *
     * @param asWritten whether the text is as the client wrote it; what the front has bound names the sandbox's own functions
     */
    public List<PlannedStatement> plan(final String sql, final SessionSettings settings, final boolean asWritten) {
        final Tokenizer.Result read = Tokenizer.read(sql);
        final List<List<Token>> statements = split(read.tokens());
        final List<PlannedStatement> plans = new ArrayList<>();
        if (!read.complete()) {
            final boolean staged = startsStaged(sql) || statements.stream().anyMatch(StatementPlanner::isStaged);
            // What is unterminated may hold a secret: the backend, whose messages quote what they refuse, does not get to see it.
            plans.add(staged ? new PlannedStatement.Refused(SqlError.syntax("unterminated quoted string, identifier or comment in UNLOAD or COPY"))
                    : new PlannedStatement.Forwarded(sql, false));
            return plans;
        }

        for (final List<Token> statement : statements) {
            plans.add(planOne(statement, settings, asWritten));
        }

        return plans;
    }

    /** Rewrites the query of an UNLOAD in a session that has set nothing. */
    public String planQuery(final String query) {
        return planQuery(query, SessionSettings.DEFAULT);
    }

    /**
     * Rewrites the query of an UNLOAD.
     *
     * @throws SqlError when it is no single SELECT
     */
    public String planQuery(final String query, final SessionSettings settings) {
        final Tokenizer.Result read = Tokenizer.read(query);
        final List<List<Token>> statements = split(read.tokens());
        if (!read.complete() || statements.size() != 1 || !isBalanced(statements.get(0))) {
            throw SqlError.syntax("syntax error in the query of UNLOAD: it must be one SELECT, whole and alone");
        }

        final List<Token> tokens = statements.get(0);
        int first = 0;
        while (first < tokens.size() - 1 && tokens.get(first).isSymbol('(')) {
            first++;
        }

        if (!tokens.get(first).isWord("SELECT") && !tokens.get(first).isWord("WITH")) {
            throw SqlError.syntax("syntax error in the query of UNLOAD: it must be a SELECT");
        }

        refuseOuterLimit(tokens);
        return forwarded(IdentifierRewriter.fold(tokens, settings.caseSensitive()));
    }

    private PlannedStatement planOne(final List<Token> statement, final SessionSettings settings, final boolean asWritten) {
        try {
            if (asWritten) {
                CatalogRewriter.check(statement);
            }

            final List<Token> tokens = IdentifierRewriter.fold(statement, settings.caseSensitive());
            KnownStatements.check(tokens);
            if (tokens.get(0).isWord("UNLOAD")) {
                return new PlannedStatement.Staged(UnloadParser.parse(tokens), StatementWithoutSecrets.of(statement));
            }

            if (tokens.get(0).isWord("COPY")) {
                return new PlannedStatement.Staged(CopyParser.parse(tokens), StatementWithoutSecrets.of(statement));
            }

            final PlannedStatement cancel = CancelPlanner.plan(tokens);
            if (cancel != null) {
                return cancel;
            }

            maskedTables.follow(tokens);
            final PlannedStatement view = lateBindingViews.plan(tokens, this::forwarded);
            if (view != null) {
                return view;
            }

            final PlannedStatement privileges = PrivilegeStatements.plan(tokens);
            if (privileges != null) {
                PrivilegeStatements.maskedTable(tokens).ifPresent(maskedTables::add);
                return privileges;
            }

            final String sql = forwarded(tokens);
            final PlannedStatement sequence = SequencePlanner.plan(tokens, sql);
            return sequence == null ? new PlannedStatement.Forwarded(sql, TRANSACTION_CONTROL.contains(tokens.get(0).upper()), QueryIds.takes(tokens), QueryIds.asks(tokens)) : sequence;
        } catch (final SqlError e) {
            return new PlannedStatement.Refused(e);
        }
    }

    private String forwarded(final List<Token> tokens) {
        List<Token> current = tokens;
        String sql = source(tokens);
        for (final StatementRewriter rewriter : rewriters) {
            final String rewritten = rewriter.rewrite(current);
            if (rewritten != null) {
                sql = rewritten;
                current = Tokenizer.read(rewritten).tokens();
            }
        }

        return sql;
    }

    private static String source(final List<Token> tokens) {
        return tokens.get(0).text().substring(tokens.get(0).start(), tokens.get(tokens.size() - 1).end());
    }

    private static List<List<Token>> split(final List<Token> tokens) {
        final List<List<Token>> statements = new ArrayList<>();
        List<Token> current = new ArrayList<>();
        for (final Token token : tokens) {
            if (!token.isSymbol(';')) {
                current.add(token);
            } else if (!current.isEmpty()) {
                statements.add(current);
                current = new ArrayList<>();
            }
        }

        if (!current.isEmpty()) {
            statements.add(current);
        }

        return statements;
    }

    private static boolean isStaged(final List<Token> statement) {
        return statement.get(0).isWord("UNLOAD") || statement.get(0).isWord("COPY");
    }

    private static boolean startsStaged(final String sql) {
        final String start = sql.stripLeading();
        return start.regionMatches(true, 0, "UNLOAD", 0, 6) || start.regionMatches(true, 0, "COPY", 0, 4);
    }

    private static boolean isBalanced(final List<Token> tokens) {
        int depth = 0;
        for (final Token token : tokens) {
            if (token.isSymbol('(')) {
                depth++;
            } else if (token.isSymbol(')')) {
                depth--;
            }

            if (depth < 0) {
                return false;
            }
        }

        return depth == 0;
    }

    private static void refuseOuterLimit(final List<Token> tokens) {
        int depth = 0;
        for (int index = 0; index < tokens.size(); index++) {
            final Token token = tokens.get(index);
            if (token.isSymbol('(')) {
                depth++;
            } else if (token.isSymbol(')')) {
                depth--;
            } else if (depth == 0 && (token.isWord("LIMIT") || TopRewriter.isTop(tokens, index))) {
                throw new SqlError(SqlError.NOT_SUPPORTED, "Limit clause is not supported in the outer SELECT of UNLOAD", "Put the LIMIT into a nested query.");
            }
        }
    }
}
