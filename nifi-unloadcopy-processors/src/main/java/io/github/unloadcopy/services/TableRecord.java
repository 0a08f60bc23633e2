package io.github.unloadcopy.services;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;

/**
 * What is known of one table of a run. Everything but index, source and target is null while it is not known, or does not apply.
 *
 * @param index number of the table in the run, from 1 on
 * @param source schema and name of the table to unload
 * @param target schema and name of the table to load
 * @param outcome null until the table has ended
 * @param ended when it ended, as an ISO-8601 instant
 * @param alreadyLoaded whether the load had been made before, so that nothing was loaded this time
 * @param bytesStaged size of the staged files
 * @param unloadMillis how long the unload took, in milliseconds
 * @param copyMillis how long the load took, in milliseconds
 * @param unloadQueryId the source cluster's id of the UNLOAD
 * @param copyQueryId the target cluster's id of the COPY
 * @param component name of the processor that failed
 * @param reason what kind of failure it is
 * @param message what went wrong and what to mend; cut where there is little room
 * @param stagingPrefix where staged data may be left, as s3://bucket/prefix
 */
@JsonInclude(Include.NON_NULL)
public record TableRecord(int index, String source, String target, TableOutcome outcome, String ended, Boolean alreadyLoaded, Long rowsUnloaded, Long rowsLoaded, Long bytesStaged,
        Long unloadMillis, Long copyMillis, String unloadQueryId, String copyQueryId, String component, String reason, String message, String stagingPrefix) {

    /** A table that has not ended. */
    public static TableRecord of(final int index, final String source, final String target) {
        return new TableRecord(index, source, target, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    TableRecord withMessage(final String text) {
        return new TableRecord(index, source, target, outcome, ended, alreadyLoaded, rowsUnloaded, rowsLoaded, bytesStaged, unloadMillis, copyMillis, unloadQueryId, copyQueryId,
                component, reason, text, stagingPrefix);
    }
}
