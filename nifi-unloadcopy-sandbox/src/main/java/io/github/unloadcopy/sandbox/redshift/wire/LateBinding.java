package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.sql.LateBindingViews.Reference;
import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.StatementPlanner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Binds late-binding views when a statement reads them: their columns are what their query has now.
 */
public final class LateBinding {

    private LateBinding() {
    }

    /**
     * Puts in the place of late-binding views what gives their rows. The line is the caller's, see {@link BackendLink#acquire()}.
     *
     * @return the statement itself when it reads none
     * @throws SqlError when a view cannot be read, as its user may not or something that it reads is not there
     */
    public static String bind(final String sql, final List<Reference> references, final BackendSession session) throws IOException {
        final StringBuilder bound = new StringBuilder(sql);
        for (final Reference reference : references.reversed()) {
            final List<List<String>> found = session.query("SELECT id, query FROM pg_internal.late_binding(" + Literals.quote(reference.name()) + ")");
            if (!found.isEmpty()) {
                final String id = found.getFirst().get(0);
                bound.replace(reference.start(), reference.end(), "(SELECT * FROM pg_internal.late_" + id + "() AS late (" + columns(found.getFirst().get(1), session) + "))" + reference.alias());
            }
        }

        return bound.toString();
    }

    /** Plans a text whose views are bound first; in a failed transaction, where nothing runs, they are not. */
    static List<PlannedStatement> plan(final String sql, final StatementPlanner planner, final Pipeline pipeline, final BackendLink backend, final BackendSession session) throws IOException {
        final List<Reference> references = planner.lateBindingViews().references(sql);
        if (references.isEmpty()) {
            return planner.plan(sql, session.settings());
        }

        pipeline.settleIfUnsynchronized();
        pipeline.awaitIdle();
        if (backend.transactionStatus() == 'E') {
            return planner.plan(sql, session.settings());
        }

        backend.acquire();
        try {
            planner.check(sql);
            return planner.plan(bind(sql, references, session), session.settings(), false);
        } catch (final SqlError e) {
            return List.of(new PlannedStatement.Refused(e));
        } finally {
            backend.release();
        }
    }

    private static String columns(final String query, final BackendSession session) throws IOException {
        final List<ResultColumn> columns = session.describe(query);
        final StringBuilder types = new StringBuilder("SELECT ");
        for (int index = 0; index < columns.size(); index++) {
            types.append(index == 0 ? "" : ", ").append("pg_catalog.format_type(").append(columns.get(index).typeId()).append(", ").append(columns.get(index).typeModifier()).append(')');
        }

        final List<String> names = session.query(types.toString()).getFirst();
        final List<String> definitions = new ArrayList<>();
        for (int index = 0; index < columns.size(); index++) {
            definitions.add(Literals.quoteIdentifier(columns.get(index).name()) + ' ' + names.get(index));
        }

        return String.join(", ", definitions);
    }
}
