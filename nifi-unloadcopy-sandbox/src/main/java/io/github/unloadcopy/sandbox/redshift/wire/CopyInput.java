package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.sql.SqlError;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * A running {@code COPY … FROM STDIN}: takes data in pieces of any size. Another thread reads what the backend has to say meanwhile, so that neither side waits for the other.
 */
public final class CopyInput {

    private final BackendSession session;
    private final CompletableFuture<SqlError> answer = new CompletableFuture<>();
    private volatile long loaded;

    CopyInput(final BackendSession session, final Consumer<SqlError> notices) {
        this.session = session;
        Thread.ofVirtual().name("copy-answers").start(() -> listen(notices));
    }

    /** Whether the backend has refused already: more data would be thrown away. */
    public boolean isOver() {
        return answer.isDone();
    }

    /** Rows that the table took, once the end is known. */
    public long loaded() {
        return loaded;
    }

    /** Sends data in PostgreSQL's text format. */
    public void write(final byte[] buffer, final int length) throws IOException {
        final OutputStream output = session.output();
        output.write('d');
        writeInteger(output, length + Integer.BYTES);
        output.write(buffer, 0, length);
        session.loaded(buffer, length);
    }

    /**
     * Ends the data and waits for the outcome.
     *
     * @return what the backend refused the data with, or null
     */
    public SqlError finish() throws IOException {
        return await(Message.empty('c'));
    }

    /**
     * Gives up and waits for the outcome: a refusal of earlier data, or the one that {@code reason} causes.
     */
    public SqlError abandon(final String reason) throws IOException {
        return await(new Message('f').string(reason).build());
    }

    private SqlError await(final byte[] last) throws IOException {
        session.output().write(last);
        session.output().flush();
        try {
            return answer.join();
        } catch (final CompletionException e) {
            if (e.getCause() instanceof final UncheckedIOException cause) {
                throw cause.getCause();
            }

            throw e;
        }
    }

    private void listen(final Consumer<SqlError> notices) {
        try {
            answer.complete(readAnswer(notices));
        } catch (final IOException e) {
            answer.completeExceptionally(new UncheckedIOException(e));
        } catch (final RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private SqlError readAnswer(final Consumer<SqlError> notices) throws IOException {
        SqlError refusal = null;
        BackendLink.Header header = session.next();
        while (header.type() != 'Z') {
            final MessageInput.Body body = session.body(header);
            if (header.type() == 'E' && refusal == null) {
                refusal = BackendLink.readError(body);
            } else if (header.type() == 'N') {
                notices.accept(BackendLink.readError(body));
            } else if (header.type() == 'C') {
                final String tag = body.readString();
                loaded = Long.parseLong(tag.substring(tag.lastIndexOf(' ') + 1));
            }

            header = session.next();
        }

        session.updateStatus((char) session.body(header).readByte());
        return refusal;
    }

    private static void writeInteger(final OutputStream output, final int value) throws IOException {
        output.write(value >> 24);
        output.write(value >> 16);
        output.write(value >> 8);
        output.write(value);
    }
}
