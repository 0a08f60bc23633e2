package io.github.unloadcopy.services;

import org.apache.nifi.annotation.behavior.Stateful;
import org.apache.nifi.annotation.documentation.CapabilityDescription;
import org.apache.nifi.annotation.documentation.SeeAlso;
import org.apache.nifi.annotation.documentation.Tags;
import org.apache.nifi.annotation.lifecycle.OnEnabled;
import org.apache.nifi.components.PropertyDescriptor;
import org.apache.nifi.components.state.Scope;
import org.apache.nifi.components.state.StateMap;
import org.apache.nifi.controller.AbstractControllerService;
import org.apache.nifi.controller.ConfigurationContext;
import org.apache.nifi.processor.util.StandardValidators;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

@Tags({"redshift", "migration", "run", "schedule", "overlap", "summary", "unload", "copy"})
@CapabilityDescription("""
        Remembers which runs of a migration are going, how each of their tables ended, and when the last run of each configuration started. With it, DecryptConfig does not start a run
        while the one before it is going, nor sooner after it than it was told, the failure of a table can stop the tables that have not begun, and the step that ends the last table of
        a run emits one summary of the run.
        The processors of one flow share one service.""")
@SeeAlso(classNames = {
        "io.github.unloadcopy.processors.DecryptConfig",
        "io.github.unloadcopy.processors.RedshiftUnload",
        "io.github.unloadcopy.processors.RedshiftCopy",
        "io.github.unloadcopy.processors.PurgeS3Prefix"
})
@Stateful(scopes = Scope.CLUSTER, description = """
        For each run: the configuration, the start, and what a failure does; for each of its tables: its names, and how it ended. A run is removed when its summary is in the flow.
        For each DecryptConfig processor and configuration: the id and the start of the last run, for 400 days.
        Clearing the state while the service is disabled makes it forget all of that: the runs that are going end without a summary, and no run keeps another from starting.""")
public class StandardMigrationRunService extends AbstractControllerService implements MigrationRunService {

    public static final PropertyDescriptor MAXIMUM_RUN_DURATION = new PropertyDescriptor.Builder()
            .name("Maximum Run Duration")
            .description("""
                    How long a run may take. One that started longer ago and has not ended is given up, with a warning, when the next one is to start: its tables may have been
                    removed from a queue. Whatever is left of it goes on, but without a summary.
                    It has to be longer than the time between two triggers of DecryptConfig, or no trigger is ever skipped: the default suits a run each day.""")
            .required(true)
            .defaultValue("36 hours")
            .addValidator(StandardValidators.createTimePeriodValidator(1, TimeUnit.MINUTES, Integer.MAX_VALUE, TimeUnit.SECONDS))
            .build();

    /** Between the start of a run and the commit of its tables there is nothing but that commit. */
    static final Duration LONGEST_EMISSION = Duration.ofMinutes(10);

    /** Longer than any minimum interval between two runs. */
    static final Duration LONGEST_MEMORY = Duration.ofDays(400);

    private static final int MAXIMUM_ATTEMPTS = 500;
    private static final int TABLES_NAMED = 5;
    private static final List<PropertyDescriptor> PROPERTY_DESCRIPTORS = List.of(MAXIMUM_RUN_DURATION);

    private final Clock clock;
    private volatile Duration maximumRunDuration;

    public StandardMigrationRunService() {
        this(Clock.systemUTC());
    }

    StandardMigrationRunService(final Clock clock) {
        this.clock = clock;
    }

    @Override
    protected List<PropertyDescriptor> getSupportedPropertyDescriptors() {
        return PROPERTY_DESCRIPTORS;
    }

    @OnEnabled
    public void onEnabled(final ConfigurationContext context) {
        maximumRunDuration = context.getProperty(MAXIMUM_RUN_DURATION).asDuration();
    }

    @Override
    public Optional<PriorRun> start(final MigrationRun run, final WhileRunIsGoing whileRunIsGoing, final Duration minimumInterval) throws MigrationRunException {
        final List<String> warnings = new ArrayList<>();
        final Optional<PriorRun> prior = update(states -> {
            warnings.clear();
            giveUpDeadRuns(states, warnings);
            states.dropLastBefore(clock.instant().minus(LONGEST_MEMORY));
            PriorRun other = whileRunIsGoing == WhileRunIsGoing.SKIP ? findGoing(states, run) : null;

            if (other == null && minimumInterval.isPositive()) {
                other = findRecent(states, run, minimumInterval);
            }

            if (other == null) {
                states.add(run);
            }

            return Optional.ofNullable(other);
        });
        warnings.forEach(getLogger()::warn);
        return prior;
    }

    @Override
    public void confirm(final String runId) throws MigrationRunException {
        update(states -> {
            confirm(states, runId);
            return null;
        });
    }

    @Override
    public Optional<TableRecord> begin(final String runId) throws MigrationRunException {
        return update(states -> {
            final RunHeader header = confirm(states, runId);
            return header == null || header.stoppedBy() == null ? Optional.empty() : Optional.of(states.table(runId, header.stoppedBy()));
        });
    }

    @Override
    public Optional<RunSummary> end(final String runId, final TableRecord table) throws MigrationRunException {
        final End end = update(states -> {
            if (confirm(states, runId) == null || states.table(runId, table.index()) == null) {
                return new End(false, null);
            }

            RunHeader header = states.end(runId, table);

            if (table.outcome() == TableOutcome.FAILED && header.whenTableFails() == WhenTableFails.STOP_NOT_BEGUN && header.stoppedBy() == null) {
                header = header.asStoppedBy(table.index());
                states.put(runId, header);
            }

            if (header.pending() > 0) {
                return new End(true, null);
            }

            if (header.summarizedBy() == null) {
                header = header.asSummarizedBy(table.index());
                states.put(runId, header);
            }

            return new End(true, header.summarizedBy() == table.index() ? RunSummary.of(runId, header, states.tables(runId)) : null);
        });

        if (!end.known()) {
            getLogger().info("Table {} {} after its run {} was summarized or given up: no summary tells it", table.source(), table.outcome(), runId);
        }

        return Optional.ofNullable(end.summary());
    }

    @Override
    public void forget(final String runId) throws MigrationRunException {
        update(states -> {
            states.remove(runId);
            return null;
        });
    }

    /** Runs that nothing will end any more must not block others, nor stay for ever. */
    private void giveUpDeadRuns(final RunStates states, final List<String> warnings) throws MigrationRunException {
        final Instant now = clock.instant();

        for (final String runId : states.runIds()) {
            final RunHeader header = states.header(runId);
            final Duration age = Duration.between(Instant.parse(header.started()), now);

            if (!header.emitted() && age.compareTo(LONGEST_EMISSION) > 0) {
                warnings.add("Run %s of %s, started at %s, was never emitted: NiFi was stopped before".formatted(runId, header.configuration(), header.started()));
                states.remove(runId);
            } else if (age.compareTo(maximumRunDuration) > 0) {
                if (header.pending() > 0) {
                    final List<String> pending = states.tables(runId).stream().filter(table -> table.outcome() == null).map(TableRecord::source).toList();
                    warnings.add("Run %s of %s, started at %s, is given up without a summary, because it is older than the %s: %d of %d tables have not ended, %s".formatted(runId,
                            header.configuration(), header.started(), MAXIMUM_RUN_DURATION.getName(), pending.size(), header.tables(), firstNames(pending)));
                }

                states.remove(runId);
            }
        }
    }

    private static String firstNames(final List<String> names) {
        final String first = String.join(", ", names.subList(0, Math.min(TABLES_NAMED, names.size())));
        return names.size() > TABLES_NAMED ? first + ", …" : first;
    }

    /** A run all of whose tables have ended is not going, even where its summary is not in the flow yet. */
    private static GoingRun findGoing(final RunStates states, final MigrationRun run) throws MigrationRunException {
        for (final String runId : states.runIds()) {
            final RunHeader header = states.header(runId);

            if (header.key().equals(run.key()) && header.summarizedBy() == null) {
                return new GoingRun(runId, header.started(), header.tables(), header.tables() - header.pending());
            }
        }

        return null;
    }

    private static RecentRun findRecent(final RunStates states, final MigrationRun run, final Duration minimumInterval) throws MigrationRunException {
        final LastRun last = states.last(run.key());
        return last != null && run.started().isBefore(last.start().plus(minimumInterval)) ? new RecentRun(last.run(), last.started()) : null;
    }

    /** A table that begins or ends is in the flow, and so is its run, even if NiFi was stopped before it could be told. */
    private static RunHeader confirm(final RunStates states, final String runId) throws MigrationRunException {
        final RunHeader header = states.header(runId);

        if (header == null || header.emitted()) {
            return header;
        }

        final RunHeader emitted = header.asEmitted();
        states.put(runId, emitted);
        return emitted;
    }

    /** Other threads and other nodes change the same state: what they have changed meanwhile is read again. */
    private <T> T update(final Change<T> change) throws MigrationRunException {
        try {
            for (int attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) {
                final StateMap before = getStateManager().getState(Scope.CLUSTER);
                final RunStates states = new RunStates(before.toMap());
                final T result = change.apply(states);

                if (!states.isChanged() || getStateManager().replace(before, states.entries(), Scope.CLUSTER)) {
                    return result;
                }
            }
        } catch (final IOException e) {
            throw new MigrationRunException("NiFi's state provider cannot read or write the migration runs: %s".formatted(e.getMessage()), e);
        }

        throw new MigrationRunException("The migration runs cannot be written: others changed them %d times meanwhile".formatted(MAXIMUM_ATTEMPTS));
    }

    @FunctionalInterface
    private interface Change<T> {

        T apply(RunStates states) throws MigrationRunException;
    }

    private record End(boolean known, RunSummary summary) {
    }
}
