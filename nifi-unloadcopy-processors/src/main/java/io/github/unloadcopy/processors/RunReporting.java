package io.github.unloadcopy.processors;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.unloadcopy.services.MigrationRunException;
import io.github.unloadcopy.services.MigrationRunService;
import io.github.unloadcopy.services.RunSummary;
import io.github.unloadcopy.services.TableOutcome;
import io.github.unloadcopy.services.TableRecord;
import org.apache.nifi.flowfile.FlowFile;
import org.apache.nifi.flowfile.attributes.CoreAttributes;
import org.apache.nifi.logging.ComponentLog;
import org.apache.nifi.processor.ProcessContext;
import org.apache.nifi.processor.ProcessSession;
import org.apache.nifi.processor.Relationship;
import org.apache.nifi.processor.exception.ProcessException;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * Tells the Migration Run Service, where there is one, what becomes of a table, and emits the summary of the run when the table was the last to end. A FlowFile that does not name its
 * run and its number in it belongs to no run, and nothing is told of it.
 *
 * <p>Where the service cannot be reached, {@link ProcessException} rolls the session back: the step, which may run twice, is tried again until the service knows its outcome.
 */
final class RunReporting {

    static final Relationship SUMMARY = new Relationship.Builder()
            .name("summary")
            .description("One FlowFile with a JSON document that tells what became of each table of a run, when this step ended the last one; with a Migration Run Service only")
            .autoTerminateDefault(true)
            .build();

    private static final ObjectWriter WRITER = JsonMapper.builder().build().writerWithDefaultPrettyPrinter();

    private final ProcessContext context;
    private final ProcessSession session;
    private final String processorId;
    private final ComponentLog log;
    private final MigrationRunService service;

    RunReporting(final ProcessContext context, final ProcessSession session, final String processorId, final ComponentLog log) {
        this.context = context;
        this.session = session;
        this.processorId = processorId;
        this.log = log;
        this.service = CommonProperties.migrationRunService(context);
    }

    /** A table's name in a record: as people write it, for them to read. */
    static String name(final String schema, final String table) {
        return "%s.%s".formatted(schema, table);
    }

    /**
     * Asks whether the table may begin.
     *
     * @throws RunStoppedException when it may not, naming the table that failed
     */
    void begin(final FlowFile flowFile) throws RunStoppedException {
        if (!isOfRun(flowFile)) {
            return;
        }

        try {
            final Optional<TableRecord> failed = service.begin(runId(flowFile));

            if (failed.isPresent()) {
                throw new RunStoppedException("%s is not begun, because %s failed in %s (%s) and the run stops then. Mend that, and run this FlowFile again when the run has ended"
                        .formatted(name(flowFile, UnloadCopyAttributes.SOURCE), failed.get().source(), failed.get().component(), failed.get().reason()));
            }
        } catch (final MigrationRunException e) {
            throw new ProcessException(e.getMessage(), e);
        }
    }

    /**
     * The last step of the table succeeded.
     *
     * @param kept where staged data was kept; null when none is left
     */
    void succeeded(final FlowFile flowFile, final String kept) {
        end(flowFile, TableOutcome.SUCCEEDED, kept);
    }

    /** A step failed, and its FlowFile, with the error attributes, was transferred to the relationship. The table has not ended while NiFi is going to try the step again. */
    void failed(final FlowFile flowFile, final Relationship relationship) {
        if (!isTriedAgain(flowFile, relationship)) {
            end(flowFile, TableOutcome.FAILED, flowFile.getAttribute(UnloadCopyAttributes.STAGING_PREFIX));
        }
    }

    /** The table may not begin. It has not ended while NiFi is going to ask again. */
    void notBegun(final FlowFile flowFile, final Relationship relationship) {
        if (!isTriedAgain(flowFile, relationship)) {
            end(flowFile, TableOutcome.NOT_BEGUN, null);
        }
    }

    /** NiFi's session decides by the same numbers, when it is committed, whether the FlowFile goes back to its queue. */
    private boolean isTriedAgain(final FlowFile flowFile, final Relationship relationship) {
        return context.isRelationshipRetried(relationship) && number(flowFile, "retryCount." + processorId, 0L) < context.getRetryCount();
    }

    private void end(final FlowFile flowFile, final TableOutcome outcome, final String stagingPrefix) {
        if (!isOfRun(flowFile)) {
            return;
        }

        try {
            final Optional<RunSummary> summary = service.end(runId(flowFile), record(flowFile, outcome, stagingPrefix));

            if (summary.isPresent()) {
                emit(summary.get());
            }
        } catch (final MigrationRunException e) {
            throw new ProcessException(e.getMessage(), e);
        }
    }

    private void emit(final RunSummary summary) {
        FlowFile flowFile = session.write(session.create(), stream -> WRITER.writeValue(stream, summary));
        flowFile = session.putAllAttributes(flowFile, Map.ofEntries(
                Map.entry(CoreAttributes.FILENAME.key(), "unloadcopy-run-%s.json".formatted(summary.run())),
                Map.entry(CoreAttributes.MIME_TYPE.key(), "application/json"),
                Map.entry(UnloadCopyAttributes.RUN_ID, summary.run()),
                Map.entry(UnloadCopyAttributes.RUN_CONFIGURATION, summary.configuration()),
                Map.entry(UnloadCopyAttributes.RUN_STARTED, summary.started()),
                Map.entry(UnloadCopyAttributes.RUN_ENDED, summary.ended()),
                Map.entry(UnloadCopyAttributes.RUN_TABLES, Integer.toString(summary.tableCount())),
                Map.entry(UnloadCopyAttributes.RUN_SUCCEEDED, Integer.toString(summary.succeeded())),
                Map.entry(UnloadCopyAttributes.RUN_FAILED, Integer.toString(summary.failed())),
                Map.entry(UnloadCopyAttributes.RUN_NOT_BEGUN, Integer.toString(summary.notBegun())),
                Map.entry(UnloadCopyAttributes.RUN_ALREADY_LOADED, Integer.toString(summary.alreadyLoaded()))));
        session.transfer(flowFile, SUMMARY);
        // When the commit fails, this table's FlowFile comes again, and the service, which still knows the run, gives the summary again.
        session.commitAsync(() -> forget(summary.run()), failure -> log.debug("The summary of run {} comes again with its table", summary.run()));
    }

    private void forget(final String runId) {
        try {
            service.forget(runId);
        } catch (final MigrationRunException e) {
            log.warn("Run {} has ended and cannot be forgotten yet; it does not keep others from starting", runId, e);
        }
    }

    private boolean isOfRun(final FlowFile flowFile) {
        final Long index = number(flowFile, UnloadCopyAttributes.RUN_TABLE_INDEX, null);
        return service != null && runId(flowFile) != null && index != null && index <= Integer.MAX_VALUE;
    }

    private static String runId(final FlowFile flowFile) {
        return flowFile.getAttribute(UnloadCopyAttributes.RUN_ID);
    }

    private static TableRecord record(final FlowFile flowFile, final TableOutcome outcome, final String stagingPrefix) {
        final boolean successful = outcome == TableOutcome.SUCCEEDED;
        // A FlowFile that failed once and was run again still has the error attributes of that time.
        return new TableRecord(
                Math.toIntExact(number(flowFile, UnloadCopyAttributes.RUN_TABLE_INDEX, null)),
                name(flowFile, UnloadCopyAttributes.SOURCE),
                name(flowFile, UnloadCopyAttributes.TARGET),
                outcome,
                Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(),
                Boolean.parseBoolean(flowFile.getAttribute(UnloadCopyAttributes.COPY_ALREADY_LOADED)) ? Boolean.TRUE : null,
                number(flowFile, UnloadCopyAttributes.UNLOAD_ROWS, null),
                number(flowFile, UnloadCopyAttributes.COPY_ROWS, null),
                number(flowFile, UnloadCopyAttributes.UNLOAD_BYTES, null),
                number(flowFile, UnloadCopyAttributes.UNLOAD_DURATION, null),
                number(flowFile, UnloadCopyAttributes.COPY_DURATION, null),
                flowFile.getAttribute(UnloadCopyAttributes.UNLOAD_QUERY_ID),
                flowFile.getAttribute(UnloadCopyAttributes.COPY_QUERY_ID),
                successful ? null : flowFile.getAttribute(UnloadCopyAttributes.ERROR_COMPONENT),
                successful ? null : flowFile.getAttribute(UnloadCopyAttributes.ERROR_REASON),
                successful ? null : flowFile.getAttribute(UnloadCopyAttributes.ERROR_MESSAGE),
                stagingPrefix);
    }

    private static String name(final FlowFile flowFile, final String side) {
        return name(flowFile.getAttribute(side + UnloadCopyAttributes.SCHEMA), flowFile.getAttribute(side + UnloadCopyAttributes.TABLE));
    }

    /** The attribute as a whole number from 0 on, or the other value when it is none. */
    private static Long number(final FlowFile flowFile, final String attribute, final Long otherwise) {
        final String value = flowFile.getAttribute(attribute);
        return value != null && value.matches("\\d{1,18}") ? Long.valueOf(value) : otherwise;
    }
}
