package io.github.unloadcopy.sandbox.control;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How often each operation was asked for since the start, answered or refused.
 */
public final class Calls {

    private final SortedMap<String, SortedMap<String, Long>> counts = new TreeMap<>();

    /**
     * Counts one request.
     *
     * @param service who was asked, such as kms
     * @param operation such as Decrypt
     */
    public synchronized void count(final String service, final String operation) {
        counts.computeIfAbsent(service, key -> new TreeMap<>()).merge(operation, 1L, Long::sum);
    }

    /** The counts now, by service and operation. */
    public synchronized Map<String, Map<String, Long>> counts() {
        final Map<String, Map<String, Long>> copy = new TreeMap<>();
        counts.forEach((service, operations) -> copy.put(service, new TreeMap<>(operations)));
        return copy;
    }
}
