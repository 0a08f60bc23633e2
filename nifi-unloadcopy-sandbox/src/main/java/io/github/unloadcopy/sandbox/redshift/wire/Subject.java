package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.sql.SqlError;

import java.io.IOException;

/** A statement that is about to run, and that something may happen to. */
interface Subject {

    /** Waits for the end of what was sent before it, where the statement has to stand alone. */
    void awaitTurn() throws IOException;

    /** Runs it, or sends it to be run. */
    void run() throws IOException;

    /** Whether it has ended when {@link #run()} comes back. */
    boolean endsInRun();

    /** Waits for the end of what was only sent. */
    void awaitEnd() throws IOException;

    /** Fails in its place. */
    void fail(SqlError error) throws IOException;
}
