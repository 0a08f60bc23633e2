package io.github.unloadcopy.sandbox.redshift;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What {@code pg_last_copy_count()} and its like answer: per session, in a file that the backend reads, so that neither ROLLBACK nor an old snapshot makes them lie.
 */
final class SessionCounters {

    private final Path folder;
    private final Map<Integer, Values> values = new ConcurrentHashMap<>();

    SessionCounters(final Path dataDirectory) throws IOException {
        this.folder = Files.createDirectories(dataDirectory.resolve("sandbox_sessions"));
        // Of sessions that ended with the sandbox, if the data was kept: their process ids come again.
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
            for (final Path file : left) {
                Files.delete(file);
            }
        }
    }

    /** Numbers a query; the file follows when somebody asks, since there are many of them. */
    void queryStarted(final int processId, final long queryId) {
        final Values old = get(processId);
        values.put(processId, new Values(queryId, old.unloadId(), old.copyId(), old.unloadCount(), old.copyCount()));
    }

    /** Makes the file tell what is known. */
    void flush(final int processId) throws IOException {
        put(processId, get(processId));
    }

    void unloadStarted(final int processId, final long queryId) throws IOException {
        final Values old = get(processId);
        put(processId, new Values(queryId, queryId, old.copyId(), old.unloadCount(), old.copyCount()));
    }

    void copyStarted(final int processId, final long queryId) throws IOException {
        final Values old = get(processId);
        put(processId, new Values(queryId, old.unloadId(), queryId, old.unloadCount(), old.copyCount()));
    }

    void unloaded(final int processId, final long rows) throws IOException {
        final Values old = get(processId);
        put(processId, new Values(old.queryId(), old.unloadId(), old.copyId(), rows, old.copyCount()));
    }

    void copied(final int processId, final long rows) throws IOException {
        final Values old = get(processId);
        put(processId, new Values(old.queryId(), old.unloadId(), old.copyId(), old.unloadCount(), rows));
    }

    void forget(final int processId) throws IOException {
        if (values.remove(processId) != null) {
            Files.deleteIfExists(folder.resolve(Integer.toString(processId)));
        }
    }

    private Values get(final int processId) {
        return values.getOrDefault(processId, new Values(-1, -1, -1, 0, 0));
    }

    private void put(final int processId, final Values changed) throws IOException {
        values.put(processId, changed);
        final Path written = folder.resolve(processId + ".new");
        Files.writeString(written, changed.queryId() + " " + changed.unloadId() + " " + changed.copyId() + " " + changed.unloadCount() + " " + changed.copyCount());
        Files.move(written, folder.resolve(Integer.toString(processId)), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private record Values(long queryId, long unloadId, long copyId, long unloadCount, long copyCount) {
    }
}
