package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.sql.SessionSettings;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The backend's side of a client's own session while the front has it to itself: what runs here runs in the client's transaction. For one thread at a time.
 */
public final class BackendSession {

    private static final int CANCEL_REQUEST = 80877102;
    private static final String PROBE = "unloadcopy_sandbox_probe";
    /** Fails in any transaction, and says why should anybody see it. */
    private static final String FAILING = "ROLLBACK TO SAVEPOINT \"the statement before this one failed in the sandbox\"";

    private final BackendLink link;
    private final ClientChannel client;
    private boolean cancelled;
    /** What the front runs on it, or null. */
    private volatile Execution execution;

    BackendSession(final BackendLink link, final ClientChannel client) {
        this.link = link;
        this.client = client;
    }

    /** Begins what the front runs on it, or ends it with null. */
    void use(final Execution running) {
        execution = running;
    }

    public boolean inTransaction() {
        return link.transactionStatus() != 'I';
    }

    public int processId() {
        return link.processId();
    }

    /** What matters for the reading of statements. */
    public SessionSettings settings() {
        return SessionSettings.of(link.parameter(SessionSettings.CASE_SENSITIVITY));
    }

    /** A setting as the backend reported it, or null. */
    public String setting(final String name) {
        return link.parameter(name);
    }

    /**
     * Runs one or more statements and returns the rows of all of them.
     *
     * @throws SqlError what the backend refused with
     */
    public List<List<String>> query(final String sql) throws IOException {
        send(Message.query(sql));
        return readRows();
    }

    /**
     * Asks which columns a query has, without running it.
     *
     * @throws SqlError what the backend refused the query with
     */
    public List<ResultColumn> describe(final String sql) throws IOException {
        final OutputStream output = link.output();
        output.write(new Message('P').string(PROBE).string(sql).shortInteger(0).build());
        output.write(new Message('D').octet('S').string(PROBE).build());
        output.write(new Message('C').octet('S').string(PROBE).build());
        send(Message.empty('S'));
        final List<ResultColumn> columns = new ArrayList<>();
        readUntilReady((type, body) -> {
            if (type == 'T') {
                readDescription(body, columns);
            }
        });
        return columns;
    }

    /**
     * Runs one query as {@link #query} does, and leaves a statement alone that the client has prepared without a name.
     *
     * @throws SqlError what the backend refused with
     */
    List<List<String>> ask(final String sql) throws IOException {
        final OutputStream output = link.output();
        output.write(new Message('P').string(PROBE).string(sql).shortInteger(0).build());
        output.write(new Message('B').string(PROBE).string(PROBE).shortInteger(0).shortInteger(0).shortInteger(0).build());
        output.write(new Message('E').string(PROBE).integer(0).build());
        output.write(new Message('C').octet('P').string(PROBE).build());
        output.write(new Message('C').octet('S').string(PROBE).build());
        send(Message.empty('S'));
        return readRows();
    }

    /**
     * Runs statements of which the last is {@code COPY … TO STDOUT}.
     *
     * @throws SqlError what the backend refused with
     * @throws IOException what the sink threw, once the statement is cancelled, or the end of the connection
     */
    public void copyOut(final String sql, final RowSink sink) throws IOException {
        send(Message.query(sql));
        byte[] row = new byte[1 << 13];
        Failure failure = null;
        SqlError refusal = null;
        BackendLink.Header header = link.next();
        while (header.type() != 'Z') {
            final int length = header.length() - Integer.BYTES;
            if (header.type() == 'd' && failure == null) {
                if (row.length < length) {
                    row = new byte[Math.max(length, row.length * 2)];
                }

                link.input().readFully(row, length);
                client.count(1, length);
                failure = deliver(sink, row, length);
                if (failure != null) {
                    cancel();
                }
            } else if (header.type() == 'd') {
                link.input().skip(length);
            } else {
                refusal = handleOther(header, refusal);
            }

            header = link.next();
        }

        link.updateStatus((char) link.readBody(header.length()).readByte());
        if (failure != null) {
            absorbCancellation();
            failure.raise();
        }

        if (refusal != null) {
            throw refusal;
        }
    }

    /**
     * Starts a {@code COPY … FROM STDIN}.
     *
     * @param notices gets the message and the context of each notice, on another thread
     * @throws SqlError what the backend refused with
     */
    public CopyInput copyIn(final String sql, final Consumer<SqlError> notices) throws IOException {
        send(Message.query(sql));
        SqlError refusal = null;
        BackendLink.Header header = link.next();
        while (header.type() != 'G') {
            if (header.type() == 'Z') {
                link.updateStatus((char) link.readBody(header.length()).readByte());
                throw refusal == null ? new SqlError(SqlError.INTERNAL, "the backend would not take data") : refusal;
            }

            refusal = handleOther(header, refusal);
            header = link.next();
        }

        link.readBody(header.length());
        return new CopyInput(this, notices);
    }

    /**
     * Commits the transaction that the front has begun; it is rolled back when that fails, as when it is cancelled.
     *
     * @throws SqlError why it failed
     */
    public void commit() throws IOException {
        try {
            query("COMMIT");
        } catch (final SqlError e) {
            rollBack();
            throw e;
        }
    }

    /** Rolls the transaction back that the front has begun, also when a late cancellation hits the ROLLBACK. */
    public void rollBack() throws IOException {
        do {
            try {
                query("ROLLBACK");
            } catch (final SqlError e) {
                if (!e.state().equals(SqlError.CANCELED)) {
                    throw e;
                }
            }
        } while (inTransaction());
    }

    /** Makes an open transaction a failed one, as every failed statement does. */
    public void failTransaction() throws IOException {
        if (link.transactionStatus() == 'T') {
            try {
                query(FAILING);
            } catch (final SqlError expected) {
                if (link.transactionStatus() != 'E') {
                    throw expected;
                }
            }
        }
    }

    /** Cancels what runs on the backend. */
    private void cancel() throws IOException {
        sendCancel(link.address(), link.processId(), link.secretKey());
        cancelled = true;
    }

    /** A cancellation may come after the end of what it was meant for: this takes it instead of a statement of the client's. */
    private void absorbCancellation() throws IOException {
        if (cancelled) {
            cancelled = false;
            try {
                query("SELECT 1");
            } catch (final SqlError late) {
                if (!late.state().equals(SqlError.CANCELED) && !late.state().equals(SqlError.IN_FAILED_TRANSACTION)) {
                    throw late;
                }
            }
        }
    }

    static void sendCancel(final InetSocketAddress backend, final int processId, final int secretKey) throws IOException {
        try (Socket socket = new Socket(backend.getAddress(), backend.getPort())) {
            socket.getOutputStream().write(new Message().integer(CANCEL_REQUEST).integer(processId).integer(secretKey).build());
            socket.getOutputStream().flush();
            // The backend closes the connection once the signal is sent.
            socket.getInputStream().readAllBytes();
        }
    }

    OutputStream output() {
        return link.output();
    }

    /** Says that data has passed after which something may be to happen; in PostgreSQL's text format each row ends with the only line feed in it. */
    void loaded(final byte[] buffer, final int length) throws IOException {
        final Execution running = execution;
        if (!client.isCounting() && (running == null || !running.isCounting())) {
            return;
        }

        int rows = 0;
        for (int index = 0; index < length; index++) {
            if (buffer[index] == '\n') {
                rows++;
            }
        }

        client.count(rows, length);
        if (running != null) {
            running.passed(rows, length);
        }
    }

    BackendLink.Header next() throws IOException {
        return link.next();
    }

    MessageInput.Body body(final BackendLink.Header header) throws IOException {
        return link.readBody(header.length());
    }

    void updateStatus(final char status) {
        link.updateStatus(status);
    }

    private void send(final byte[] message) throws IOException {
        link.output().write(message);
        link.output().flush();
    }

    private List<List<String>> readRows() throws IOException {
        final List<List<String>> rows = new ArrayList<>();
        readUntilReady((type, body) -> {
            if (type == 'D') {
                rows.add(readRow(body));
            }
        });
        return rows;
    }

    private void readUntilReady(final Handler handler) throws IOException {
        SqlError refusal = null;
        BackendLink.Header header = link.next();
        while (header.type() != 'Z') {
            if (header.type() == 'D' || header.type() == 'T') {
                handler.handle(header.type(), link.readBody(header.length()));
            } else {
                refusal = handleOther(header, refusal);
            }

            header = link.next();
        }

        link.updateStatus((char) link.readBody(header.length()).readByte());
        if (refusal != null) {
            throw refusal;
        }
    }

    private SqlError handleOther(final BackendLink.Header header, final SqlError earlier) throws IOException {
        final MessageInput.Body body = link.readBody(header.length());
        if (header.type() == 'E') {
            final SqlError error = BackendLink.readError(body);
            return earlier == null ? error : earlier;
        }

        if (header.type() == 'N') {
            link.obey(body);
        } else if (header.type() == 'A') {
            client.send(new Message('A').bytes(body.rest()).build());
        }

        return earlier;
    }

    private Failure deliver(final RowSink sink, final byte[] row, final int length) {
        try {
            sink.row(row, length);
            final Execution running = execution;
            if (running != null) {
                running.passed(1, length);
            }

            return null;
        } catch (final IOException e) {
            return new Failure(e, null);
        } catch (final RuntimeException e) {
            return new Failure(null, e);
        }
    }

    private static List<String> readRow(final MessageInput.Body body) throws IOException {
        final int count = body.readShort();
        final List<String> row = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            final int length = body.readInt();
            row.add(length < 0 ? null : body.readText(length));
        }

        return row;
    }

    private static void readDescription(final MessageInput.Body body, final List<ResultColumn> columns) throws IOException {
        final int count = body.readShort();
        for (int index = 0; index < count; index++) {
            final String name = body.readString();
            body.readInt();
            body.readShort();
            final int typeId = body.readInt();
            body.readShort();
            columns.add(new ResultColumn(name, typeId, body.readInt()));
            body.readShort();
        }
    }

    private interface Handler {

        void handle(int type, MessageInput.Body body) throws IOException;
    }

    private record Failure(IOException checked, RuntimeException unchecked) {

        void raise() throws IOException {
            if (checked != null) {
                throw checked;
            }

            throw unchecked;
        }
    }
}
