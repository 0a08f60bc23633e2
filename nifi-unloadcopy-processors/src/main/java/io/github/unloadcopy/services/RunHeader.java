package io.github.unloadcopy.services;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;

/**
 * What is remembered of a run as a whole.
 *
 * @param key what the run has in common with the runs before and after it
 * @param started as an ISO-8601 instant
 * @param tables the number of its tables
 * @param pending how many of them have not ended
 * @param emitted whether the tables' FlowFiles are known to be in the flow
 * @param stoppedBy index of the table whose failure stopped the run; null while it is not stopped
 * @param summarizedBy index of the table whose end was the last, and whose session carries the summary; null until all have ended
 */
@JsonInclude(Include.NON_NULL)
record RunHeader(String key, String configuration, String started, WhenTableFails whenTableFails, int tables, int pending, boolean emitted, Integer stoppedBy, Integer summarizedBy) {

    RunHeader asEmitted() {
        return new RunHeader(key, configuration, started, whenTableFails, tables, pending, true, stoppedBy, summarizedBy);
    }

    RunHeader withOneEnded() {
        return new RunHeader(key, configuration, started, whenTableFails, tables, pending - 1, emitted, stoppedBy, summarizedBy);
    }

    RunHeader asStoppedBy(final int table) {
        return new RunHeader(key, configuration, started, whenTableFails, tables, pending, emitted, table, summarizedBy);
    }

    RunHeader asSummarizedBy(final int table) {
        return new RunHeader(key, configuration, started, whenTableFails, tables, pending, emitted, stoppedBy, table);
    }
}
