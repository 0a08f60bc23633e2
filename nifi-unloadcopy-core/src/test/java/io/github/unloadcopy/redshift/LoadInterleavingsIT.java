package io.github.unloadcopy.redshift;

import io.github.unloadcopy.BoundedPool;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.redshift.SteppedLoad.Command;
import io.github.unloadcopy.redshift.SteppedLoad.Step;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Two attempts at one load, through every order of the statements that touch target, gate and ledger. In each state that they come to, each of them is also stopped for good, or frozen until a third
 * attempt has ended, and each COMMIT also loses its connection, before it is done and afterwards. Whatever happens, the rows arrive once, and a further attempt finds them or loads them.
 */
class LoadInterleavingsIT {
    private final SandboxSession sandbox = SandboxSession.get();

    @ParameterizedTest
    @EnumSource(IsolationLevel.class)
    void everyOrderLoadsOnce(final IsolationLevel level) throws Exception {
        final Exploration exploration = new Exploration(level);
        final long start = System.nanoTime();
        int orders = 0;
        int stops = 0;

        try (exploration) {
            while (exploration.hasNext()) {
                final Execution execution = exploration.next();

                try {
                    execution.run();
                } catch (final Exception | AssertionError e) {
                    throw new AssertionError("%s: %s".formatted(execution.history, e.getMessage()), e);
                }

                orders += execution.isDisturbed() ? 0 : 1;
                stops += execution.isDisturbed() ? 1 : 0;
            }
        }

        System.out.printf("%s: %d orders, and %d with an attempt that stops, freezes or loses the connection of its COMMIT, in %d s%n", level, orders, stops,
                Duration.ofNanos(System.nanoTime() - start).toSeconds());
        // An exploration that ends early proves nothing. COPYs into one table wait for each other under SERIALIZABLE, which leaves fewer orders.
        assertTrue(orders >= 50 && stops >= 100, "%d orders, %d disturbed".formatted(orders, stops));
    }

    /** All orders, by running one after the other: each run takes the first way that no run before it has taken. */
    private final class Exploration implements AutoCloseable {
        private final IsolationLevel level;
        private final UnloadResult unloaded;
        private final Migration migration;
        private final BoundedPool target;
        /** States in which attempts were disturbed already. */
        private final Set<String> disturbed = new HashSet<>();
        private List<Integer> path = new ArrayList<>();
        private List<Integer> widths = new ArrayList<>();
        private boolean more = true;
        private int runs;

        Exploration(final IsolationLevel level) throws Exception {
            this.level = level;
            migration = Migration.sseKms().create("id INTEGER", "id INTEGER").insert("(1)");
            unloaded = migration.unload();
            target = level.pool(sandbox, 12);
            level.execute(sandbox, "CREATE TABLE %s (id INTEGER)".formatted(SqlText.table(migration.target())));
            // Ledger and gate are there: their creation is another test's.
            new TableLoader(Duration.ofMillis(1)).load(target, migration.again().loadRequest(unloaded, 1, migration.ledger()));
        }

        @Override
        public void close() throws SQLException {
            target.close();
        }

        boolean hasNext() {
            return more;
        }

        Execution next() {
            runs++;
            return new Execution(this);
        }

        /** The choice at the given depth of the present run. */
        int choose(final int depth, final int width) {
            if (depth == path.size()) {
                path.add(0);
                widths.add(width);
            }

            assertEquals(widths.get(depth), width, "The same choices have to lead to the same state");
            return path.get(depth);
        }

        /** Goes back to the last place where another way is left. */
        void backtrack() {
            while (!path.isEmpty() && path.getLast() + 1 == widths.getLast()) {
                path.removeLast();
                widths.removeLast();
            }

            if (path.isEmpty()) {
                more = false;
            } else {
                path.set(path.size() - 1, path.getLast() + 1);
            }
        }
    }

    /** One run of two attempts. */
    private final class Execution {
        private final Exploration exploration;
        private final LoadRequest request;
        private final List<SteppedLoad> loads = new ArrayList<>();
        private final List<String> history = new ArrayList<>();
        /** What each attempt holds, and whether a step of it is under way that waits for the other. */
        private final boolean[] holdsGate = new boolean[2];
        private final boolean[] holdsTarget = new boolean[2];
        private final Step[] waiting = new Step[2];
        private boolean isDisturbed;
        private SteppedLoad frozen;

        Execution(final Exploration exploration) {
            this.exploration = exploration;
            // A load of its own, of the same staged rows.
            final LoadRequest plain = exploration.migration.loadRequest(exploration.unloaded);
            request = new LoadRequest(plain.table(), plain.plan(), plain.columns(), plain.manifest(), 1, plain.authorization(), plain.encryption(), plain.nullMarker(), plain.region(), false,
                    "load " + exploration.runs, plain.origin(), plain.ledger(), 60);
        }

        boolean isDisturbed() {
            return isDisturbed;
        }

        void run() throws Exception {
            final long before = rows();
            loads.add(new SteppedLoad(exploration.target, request));
            loads.add(new SteppedLoad(exploration.target, request));
            int depth = 0;

            for (List<Choice> choices = choices(); !choices.isEmpty(); choices = choices()) {
                final Choice choice = choices.get(choices.size() == 1 ? 0 : exploration.choose(depth, choices.size()));
                depth += choices.size() == 1 ? 0 : 1;
                history.add(choice.toString());
                take(choice);
            }

            requireOnce(before);

            exploration.backtrack();
        }

        private List<Choice> choices() {
            final List<Choice> choices = new ArrayList<>();

            for (int index = 0; index < 2; index++) {
                if (loads.get(index).pending() != null && loads.get(index) != frozen) {
                    choices.add(new Choice(index, Command.GO, End.NONE));
                }
            }

            if (!isDisturbed && isNewState(choices)) {
                for (int index = 0; index < 2; index++) {
                    if (!loads.get(index).isFinished()) {
                        choices.add(new Choice(index, null, End.STOP));
                    }

                    if (loads.get(index).pending() != null) {
                        choices.add(new Choice(index, null, End.FREEZE));
                    }

                    if (loads.get(index).pending() == Step.COMMIT) {
                        choices.add(new Choice(index, Command.BREAK_BEFORE, End.NONE));
                        choices.add(new Choice(index, Command.BREAK_AFTER, End.NONE));
                    }
                }
            }

            return choices;
        }

        /** What can follow depends on the state only: one that was disturbed in each way needs no more of it. While its ways are taken, the same run comes to it again. */
        private boolean isNewState(final List<Choice> choices) {
            final String state = "%s %s".formatted(state(0), state(1));
            final String key = state + " after " + String.join(" ", history);
            return !choices.isEmpty() && (exploration.disturbed.contains(key) || exploration.disturbed.add(state) && exploration.disturbed.add(key));
        }

        private String state(final int index) {
            return "%s/%s/%s/%s".formatted(loads.get(index).pending(), waiting[index], holdsGate[index], loads.get(index).isFinished());
        }

        private void take(final Choice choice) {
            final int index = choice.load();
            final SteppedLoad load = loads.get(index);
            isDisturbed |= choice.command() != Command.GO;

            switch (choice.end()) {
                case STOP -> {
                    load.stop();
                    end(index);
                }
                case FREEZE -> frozen = load;
                default -> go(index, choice.command());
            }
        }

        private void go(final int index, final Command command) {
            final SteppedLoad load = loads.get(index);
            final Step step = load.pending();

            if (waits(index, step)) {
                waiting[index] = step;
                load.send(command);
                return;
            }

            load.send(command);
            load.await();
            done(index, step);
        }

        /** Whether the step of an attempt has to wait for the other's transaction. */
        private boolean waits(final int index, final Step step) {
            final int other = 1 - index;
            return step == Step.LOCK && holdsGate[other] || step == Step.COPY && holdsTarget[other] && exploration.level == IsolationLevel.SERIALIZABLE;
        }

        private void done(final int index, final Step step) {
            holdsGate[index] |= step == Step.LOCK;
            holdsTarget[index] |= step == Step.COPY;
            // The step that follows tells whether the transaction has ended: a load that found itself in the ledger, or failed, has rolled back.
            final SteppedLoad load = loads.get(index);

            if (load.isFinished() || step == Step.COMMIT || load.pending() == Step.SELECT && step != Step.LOCK) {
                end(index);
            }
        }

        private void end(final int index) {
            holdsGate[index] = false;
            holdsTarget[index] = false;
            waiting[index] = null;
            final int other = 1 - index;

            if (waiting[other] != null) {
                final Step step = waiting[other];
                waiting[other] = null;
                loads.get(other).await();
                done(other, step);
            }
        }

        private void requireOnce(final long before) throws Exception {
            final LoadResult last = new TableLoader(Duration.ofMillis(1)).load(exploration.target, request);
            final String told = String.join(", ", history);
            int loadedNow = last.alreadyLoaded() ? 0 : 1;

            if (frozen != null) {
                thaw();
            }

            for (final SteppedLoad load : loads) {
                if (load.result() != null) {
                    assertTrue(last.alreadyLoaded() || load == frozen && load.result().alreadyLoaded(), () -> "An attempt said that the rows are loaded, and they were not: " + told);
                    loadedNow += load.result().alreadyLoaded() ? 0 : 1;
                } else if (load.failure() != null) {
                    // Of a frozen attempt, and of one that waits for it, the third attempt has ended the session.
                    final Reason reason = load.failure().reason();
                    assertTrue(isDisturbed && (reason == Reason.CONNECTION_FAILED || reason == Reason.SESSION_TERMINATED) || frozen != null && reason == Reason.CANCELED,
                            () -> "An attempt failed: " + load.failure().getMessage() + " after " + told);
                }
            }

            assertTrue(loadedNow <= 1, () -> "Two attempts say that they loaded the rows: " + told);
            assertFalse(!isDisturbed && loadedNow == 0, () -> "No attempt says that it loaded the rows: " + told);
            assertEquals(before + 1, rows(), () -> "Rows are lost or doubled: " + told);
            assertEquals(1, number("SELECT count(*) FROM %s WHERE load_id = '%s'".formatted(SqlText.table(request.ledger()), request.loadId())), told);
        }

        /** The frozen attempt goes on where it was, when others have ended it or passed it by. */
        private void thaw() {
            for (int index = 0; index < 2; index++) {
                if (waiting[index] != null) {
                    loads.get(index).await();
                }
            }

            for (final SteppedLoad load : loads) {
                while (!load.isFinished()) {
                    load.send(Command.GO);
                    load.await();
                }
            }
        }

        private long rows() throws SQLException {
            return number("SELECT count(*) FROM " + SqlText.table(request.table()));
        }

        private long number(final String sql) throws SQLException {
            try (Connection connection = exploration.target.open()) {
                return Queries.number(connection, sql);
            }
        }
    }

    /** How an attempt ends, if it does. */
    private enum End {
        NONE, STOP, FREEZE
    }

    private record Choice(int load, Command command, End end) {
        @Override
        public String toString() {
            return "%s %s".formatted(load == 0 ? "A" : "B", end == End.NONE ? command : end);
        }
    }
}
