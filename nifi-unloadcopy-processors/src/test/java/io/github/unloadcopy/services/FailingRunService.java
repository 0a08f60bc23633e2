package io.github.unloadcopy.services;

import io.github.unloadcopy.OutsideCalls;
import org.apache.nifi.components.state.Scope;
import org.apache.nifi.components.state.StateManager;
import org.apache.nifi.components.state.StateMap;
import org.apache.nifi.state.MockStateManager;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** The real service with one state for all runners, some of whose reads and writes fail as planned. */
public class FailingRunService extends StandardMigrationRunService {

    private final FailingState state;

    public FailingRunService(final OutsideCalls calls) {
        this.state = new FailingState(calls, new MockStateManager(new StandardMigrationRunService()));
    }

    /** Forgets all runs. */
    public void clear() {
        try {
            state.real().clear(Scope.CLUSTER);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected StateManager getStateManager() {
        return state;
    }

    private record FailingState(OutsideCalls calls, StateManager real) implements StateManager {

        @Override
        public StateMap getState(final Scope scope) throws IOException {
            return calls.call("state read", () -> real.getState(scope), lost -> new IOException("The state provider does not answer"));
        }

        @Override
        public boolean replace(final StateMap oldValue, final Map<String, String> newValue, final Scope scope) throws IOException {
            return calls.call("state write", () -> real.replace(oldValue, newValue, scope), lost -> new IOException("The state provider does not answer"));
        }

        @Override
        public void setState(final Map<String, String> state, final Scope scope) {
            throw new UnsupportedOperationException("Only a replacement keeps what others have written");
        }

        @Override
        public void clear(final Scope scope) {
            throw new UnsupportedOperationException("Only a replacement keeps what others have written");
        }
    }
}
