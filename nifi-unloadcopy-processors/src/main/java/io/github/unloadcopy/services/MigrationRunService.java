package io.github.unloadcopy.services;

import org.apache.nifi.controller.ControllerService;

import java.time.Duration;
import java.util.Optional;

/**
 * Remembers which runs are going, how their tables ended, and when the last run of each key started, for all nodes and over restarts. All but {@link #start} may be
 * called again with the same arguments, with the same outcome.
 */
public interface MigrationRunService extends ControllerService {

    /**
     * Remembers a run, before its tables are emitted, unless another run keeps it from starting. Both are one change of the state: of two nodes that call this at the same time, one starts
     * its run.
     *
     * @param run the run
     * @param whileRunIsGoing whether the run starts although another with its key is going
     * @param minimumInterval how long after the start of the last run with its key this one may start, at the earliest; zero for any time. At most 366 days
     * @return the other run, for which this one was not started; empty when this one is started
     * @throws MigrationRunException when the runs cannot be read or written, or when there is no room for so many tables
     */
    Optional<PriorRun> start(MigrationRun run, WhileRunIsGoing whileRunIsGoing, Duration minimumInterval) throws MigrationRunException;

    /**
     * Confirms that the tables of a run are in the flow. A run for which neither this nor {@link #begin} is called was never emitted and does not keep others from starting.
     *
     * @throws MigrationRunException when the runs cannot be read or written
     */
    void confirm(String runId) throws MigrationRunException;

    /**
     * Asks whether one more table of a run may begin.
     *
     * @return the table whose failure stopped the run; empty when the table may begin, as it may when the run is not known (any more)
     * @throws MigrationRunException when the runs cannot be read or written
     */
    Optional<TableRecord> begin(String runId) throws MigrationRunException;

    /**
     * Remembers how a table ended. Its last outcome counts.
     *
     * @param table with an outcome
     * @return what came of the run, when this table's end is the last one. The run is remembered until {@link #forget}, and the summary is given again to the same table only,
     *         so that a summary whose session was not committed comes again with the table's FlowFile, and no other table makes a second one
     * @throws MigrationRunException when the runs cannot be read or written
     */
    Optional<RunSummary> end(String runId, TableRecord table) throws MigrationRunException;

    /**
     * Forgets a run: its summary is in the flow, or its tables will never be. When it started is still remembered, if its tables are known to have been in the flow.
     *
     * @throws MigrationRunException when the runs cannot be read or written
     */
    void forget(String runId) throws MigrationRunException;
}
