package io.github.unloadcopy.processors;

import org.apache.nifi.processor.Processor;
import org.apache.nifi.util.MockProcessSession;
import org.apache.nifi.util.SharedSessionState;

import java.util.function.Consumer;

/** A session whose commit fails, as NiFi's does when a repository cannot be written. */
class FailingSession extends MockProcessSession {

    FailingSession(final SharedSessionState shared, final Processor processor) {
        super(shared, processor);
    }

    @Override
    public void commitAsync(final Runnable onSuccess, final Consumer<Throwable> onFailure) {
        final IllegalStateException failure = new IllegalStateException("The disk is full");
        rollback();
        onFailure.accept(failure);
        throw failure;
    }
}
