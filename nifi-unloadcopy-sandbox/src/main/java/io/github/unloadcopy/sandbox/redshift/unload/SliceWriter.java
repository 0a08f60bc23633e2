package io.github.unloadcopy.sandbox.redshift.unload;

import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * One slice: gathers records and hands them in chunks to a thread of its own, which compresses and stores them. Holds a handful of chunks at most.
 */
final class SliceWriter {

    private static final int CHUNK_BYTES = 1 << 18;
    private static final int CHUNKS_IN_FLIGHT = 4;
    private static final Chunk END = new Chunk(null, 0);

    private final int slice;
    private final OutputFormat format;
    private final long maxFileSize;
    private final BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(CHUNKS_IN_FLIGHT);
    private final BlockingQueue<ByteBuilder> spare = new ArrayBlockingQueue<>(CHUNKS_IN_FLIGHT + 2);
    private final List<UnloadedFile> files = new ArrayList<>();
    private final Thread worker;

    private ByteBuilder current = new ByteBuilder(CHUNK_BYTES + (CHUNK_BYTES >> 2));
    private long currentRecords;
    private volatile Exception failure;
    private volatile boolean aborted;

    private OutputFile file;
    private boolean ended;
    private long fileInput;

    /**
     * @param maxFileSize bytes that no file may exceed
     */
    SliceWriter(final int slice, final OutputFormat format, final long maxFileSize) {
        this.slice = slice;
        this.format = format;
        this.maxFileSize = maxFileSize;
        this.worker = Thread.ofPlatform().daemon().name("unload-slice-" + slice).unstarted(this::work);
    }

    void start() {
        worker.start();
    }

    /** Where the next record is to be appended. */
    ByteBuilder buffer() {
        return current;
    }

    /** Says that one record has been appended. */
    void recordAdded() throws IOException {
        currentRecords++;
        if (current.length() >= CHUNK_BYTES) {
            handOver(new Chunk(current, currentRecords));
            final ByteBuilder reused = spare.poll();
            current = reused == null ? new ByteBuilder(CHUNK_BYTES + (CHUNK_BYTES >> 2)) : reused;
            current.clear();
            currentRecords = 0;
        }
    }

    /** Stores what is left and completes the files. */
    List<UnloadedFile> finish() throws IOException {
        handOver(new Chunk(current, currentRecords));
        handOver(END);
        join();
        raise();
        return files;
    }

    /** Drops the file that is being written. */
    void abort() {
        aborted = true;
        worker.interrupt();
        join();
    }

    private void handOver(final Chunk chunk) throws IOException {
        raise();
        try {
            queue.put(chunk);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void raise() throws IOException {
        switch (failure) {
            case null -> {
                return;
            }
            case final RuntimeException unchecked -> throw unchecked;
            case final IOException checked -> throw checked;
            default -> throw new IOException(failure);
        }
    }

    private void join() {
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }

        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        try {
            openFile();
            Chunk chunk = next();
            while (chunk != END) {
                if (failure == null) {
                    storeOrFail(chunk);
                }

                chunk = next();
            }

            if (failure == null && !aborted) {
                files.add(file.finish(slice));
                file = null;
            }
        } catch (final InterruptedException e) {
            failure = new IOException("interrupted", e);
        } catch (final IOException | RuntimeException e) {
            failure = e;
            drain();
        } finally {
            if (file != null) {
                file.abort();
            }
        }
    }

    private void storeOrFail(final Chunk chunk) {
        try {
            store(chunk);
        } catch (final IOException | RuntimeException e) {
            // The producer learns of it with its next chunk; until then it must not find the queue full for good.
            failure = e;
        }
    }

    private void drain() {
        try {
            // Whatever still comes is of no use any more. After the end nothing comes: the file may have failed while it was completed.
            while (!ended) {
                next();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks for an abort before it waits: what stores the data may have swallowed the interrupt that told of it. */
    private Chunk next() throws InterruptedException {
        final Chunk chunk = aborted ? END : queue.take();
        ended = chunk == END;
        return chunk;
    }

    private void store(final Chunk chunk) throws IOException {
        if (fileInput > 0 && file.storedBytes() + chunk.data().length() > maxFileSize) {
            files.add(file.finish(slice));
            openFile();
        }

        file.write(chunk.data().bytes(), chunk.data().length(), chunk.records());
        fileInput += chunk.data().length();
        spare.offer(chunk.data());
    }

    private void openFile() throws IOException {
        file = null;
        file = format.open(slice, files.size());
        fileInput = 0;
    }

    private record Chunk(ByteBuilder data, long records) {
    }
}
