package io.github.unloadcopy.systemtests;

import java.util.List;

/**
 * How busy a process group is.
 *
 * @param activeThreads threads that run its processors
 * @param connections its queues
 */
public record GroupStatus(int activeThreads, List<Queue> connections) {
    public GroupStatus {
        connections = List.copyOf(connections);
    }

    /** FlowFiles in all queues with this name. */
    public int queuedIn(final String connection) {
        return connections.stream().filter(candidate -> candidate.name().equals(connection)).mapToInt(Queue::queued).sum();
    }

    /** FlowFiles that wait for a processor or are worked on by it. */
    public int queuedBefore(final String processor) {
        return connections.stream().filter(candidate -> candidate.destination().equals(processor)).mapToInt(Queue::queued).sum();
    }
}
