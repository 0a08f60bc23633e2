package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.sql.SessionSettings;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One connection to the backend. Its reader passes what the backend says to the client, except while a statement that the front runs itself has the line to itself (see {@link #acquire()}).
 */
final class BackendLink implements AutoCloseable {

    /** What Redshift has answered since it split from PostgreSQL; the driver tells Redshift by it. */
    private static final String SERVER_VERSION = "8.0.2";
    /** What PostgreSQL reports and Redshift, which is older, does not know. */
    private static final Set<String> NOT_REPORTED = Set.of(SessionSettings.CASE_SENSITIVITY, "standard_conforming_strings", "in_hot_standby", "default_transaction_read_only", "IntervalStyle");
    /** The parameter by which a cluster tells the driver whether and how it may ask SHOW for metadata. The driver 2.3.0 does from version 4 on; from 5 on it asks for whole databases at once. */
    private static final String SHOW_DISCOVERY = "show_discovery";
    private static final String SHOW_VERSION = "4";
    private static final int LONGEST_REPORT = 1 << 20;
    /** Fields of an error that PostgreSQL adds: context, internal query, schema, table, column, data type and constraint. */
    private static final String DROPPED_FIELDS = "Wqstcdn";
    private static final String OWN_SCHEMA = "pg_internal";
    /** Nothing of this name exists: what asks for it fails, and what it fails with is replaced. */
    static final String NOTHING = "unloadcopy_sandbox_fault";

    private final Socket socket;
    private final MessageInput input;
    private final OutputStream output;
    private final ClientChannel client;
    private final Consumer<SessionSignal> signals;
    private final BooleanSupplier showDiscovery;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** One element per ReadyForQuery that is due: whether the client gets to see it. */
    private final Deque<Boolean> due = new ArrayDeque<>();
    private final Map<String, String> parameters = new ConcurrentHashMap<>();
    private char transactionStatus = 'I';
    private boolean segmentFailed;
    private boolean lastSegmentFailed;
    private boolean exclusive;
    private boolean offered;
    private boolean taken;
    /** How often the line was given back. The reader may wake up only after somebody else has taken it, and still has to notice. */
    private long turn;
    private long turnOfTaking;
    private int offeredType;
    private int offeredLength;
    private boolean ended;
    /** What the client is told instead of the failure to find {@link #NOTHING}. */
    private volatile SqlError substitute;
    /** What the client is told instead of PostgreSQL's words when its statement is cancelled, null for those. */
    private volatile SqlError cancellation;
    private volatile int processId;
    private volatile int secretKey;

    /**
     * @param signals gets what this session asks of others
     * @param showDiscovery whether the driver is told to ask SHOW for metadata
     */
    BackendLink(final InetSocketAddress address, final ClientChannel client, final Consumer<SessionSignal> signals, final BooleanSupplier showDiscovery) throws IOException {
        this.signals = signals;
        this.showDiscovery = showDiscovery;
        this.socket = new Socket(address.getAddress(), address.getPort());
        this.socket.setTcpNoDelay(true);
        this.input = new MessageInput(socket.getInputStream());
        this.output = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
        this.client = client;
        due.add(Boolean.TRUE);
    }

    OutputStream output() {
        return output;
    }

    int processId() {
        return processId;
    }

    int secretKey() {
        return secretKey;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getRemoteSocketAddress();
    }

    /** A setting that the backend has reported, or null. */
    String parameter(final String name) {
        return parameters.get(name);
    }

    /** Whether the backend knows who the client is. */
    boolean isAuthenticated() {
        return processId != 0;
    }

    /** Whether nothing is going on. */
    boolean isIdle() {
        lock.lock();
        try {
            return due.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Makes the failure that the backend reports next for {@link #NOTHING} another one. */
    void substitute(final SqlError error) {
        substitute = error;
    }

    /** Gives a cancelled statement of PostgreSQL's another message. */
    void explainCancellation(final SqlError reason) {
        if (!isIdle()) {
            cancellation = reason;
        }
    }

    /** Does what a notice asks of another session. False when it is an ordinary notice. */
    boolean obey(final MessageInput.Body notice) throws IOException {
        final SessionSignal signal = SessionSignal.of(readError(notice));
        if (signal != null) {
            signals.accept(signal);
        }

        return signal != null;
    }

    /** I outside of a transaction, T inside of one, E inside of one that failed; only while idle. */
    char transactionStatus() {
        lock.lock();
        try {
            return transactionStatus;
        } finally {
            lock.unlock();
        }
    }

    /** Says that what is being sent will be answered by a ReadyForQuery. */
    void expectReady(final boolean visible) {
        lock.lock();
        try {
            due.add(visible);
        } finally {
            lock.unlock();
        }
    }

    /** Whether every ReadyForQuery that was due comes within some time. */
    boolean awaitIdle(final long milliseconds) throws IOException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(milliseconds);
            while (!due.isEmpty() && left > 0) {
                if (ended) {
                    throw new EOFException("the backend has gone");
                }

                left = changed.awaitNanos(left);
            }

            return due.isEmpty();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("The sandbox stops.");
        } finally {
            lock.unlock();
        }
    }

    /** Whether the last segment ended without an error; only while idle. */
    boolean lastSegmentSucceeded() {
        lock.lock();
        try {
            return !lastSegmentFailed;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the line: from now on {@link #next()} gets what the backend says. Only while idle. */
    void acquire() {
        lock.lock();
        try {
            exclusive = true;
        } finally {
            lock.unlock();
        }
    }

    /** Gives the line back, at the end of a message. */
    void release() {
        lock.lock();
        try {
            exclusive = false;
            taken = false;
            turn++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Reads the header of the next message while the line is taken; the body is to be read from {@link #input()}. */
    Header next() throws IOException {
        if (!taken) {
            lock.lock();
            try {
                while (!offered) {
                    if (ended) {
                        throw new EOFException("the backend has gone");
                    }

                    changed.awaitUninterruptibly();
                }

                offered = false;
                taken = true;
                turnOfTaking = turn;
                return new Header(offeredType, offeredLength);
            } finally {
                lock.unlock();
            }
        }

        return new Header(input.readByte(), input.readInt());
    }

    MessageInput input() {
        return input;
    }

    void updateStatus(final char status) {
        lock.lock();
        try {
            transactionStatus = status;
        } finally {
            lock.unlock();
        }
    }

    /** Passes messages to the client until the backend closes the connection. */
    void relay() throws IOException {
        try {
            int type = input.readOrEnd();
            while (type >= 0) {
                final int length = input.readInt();
                if (!offer(type, length)) {
                    relayOne(type, length);
                }

                if (!input.hasBuffered()) {
                    client.flush();
                }

                type = input.readOrEnd();
            }
        } finally {
            end();
        }
    }

    private boolean offer(final int type, final int length) {
        lock.lock();
        try {
            if (!exclusive) {
                return false;
            }

            offered = true;
            offeredType = type;
            offeredLength = length;
            changed.signalAll();
            while (exclusive && (offered || turn == turnOfTaking)) {
                changed.awaitUninterruptibly();
            }

            final boolean used = !offered;
            offered = false;
            return used;
        } finally {
            lock.unlock();
        }
    }

    private void relayOne(final int type, final int length) throws IOException {
        switch (type) {
            case 'K' -> {
                processId = input.readInt();
                secretKey = input.readInt();
                if (showDiscovery.getAsBoolean()) {
                    client.send(new Message('S').string(SHOW_DISCOVERY).string(SHOW_VERSION).build());
                }

                client.send(new Message('K').integer(processId).integer(secretKey).build());
            }
            case 'S' -> {
                final byte[] status = parameterStatus(readBody(length));
                if (status != null) {
                    client.send(status);
                }
            }
            case 'T' -> client.send(WireTypes.description(readBody(length)));
            case 't' -> client.send(WireTypes.parameters(readBody(length)));
            case 'Z' -> ready((char) readBody(length).readByte());
            case 'N' -> relayNotice(length);
            case 'E' -> {
                failSegment();
                relayError(length);
            }
            default -> client.relay(type, length, input);
        }
    }

    private void relayNotice(final int length) throws IOException {
        if (length > SessionSignal.LONGEST) {
            client.relay('N', length, input);
            return;
        }

        final byte[] body = readBody(length).rest();
        if (!obey(new MessageInput.Body(body))) {
            client.send(new Message('N').bytes(body).build());
        }
    }

    private void relayError(final int length) throws IOException {
        final SqlError error = substitute;
        final SqlError cancelled = cancellation;
        if (length > LONGEST_REPORT) {
            client.relay('E', length, input);
            return;
        }

        final byte[] body = withoutContext(readBody(length).rest());
        final SqlError original = readError(new MessageInput.Body(body));
        if (error != null && original.getMessage().contains(NOTHING)) {
            substitute = null;
            client.send(Message.error("ERROR", error));
        } else if (cancelled != null && original.state().equals(SqlError.CANCELED)) {
            client.send(Message.error("ERROR", cancelled));
        } else {
            client.send(new Message('E').bytes(body).build());
        }
    }

    /** The fields of an error but for those that name the sandbox's own functions and tables. */
    private static byte[] withoutContext(final byte[] body) {
        final ByteArrayOutputStream kept = new ByteArrayOutputStream(body.length);
        int position = 0;
        while (position < body.length && body[position] != 0) {
            int end = position + 1;
            while (end < body.length && body[end] != 0) {
                end++;
            }

            if (DROPPED_FIELDS.indexOf(body[position]) < 0 || !new String(body, position + 1, end - position - 1, StandardCharsets.UTF_8).contains(OWN_SCHEMA)) {
                kept.write(body, position, Math.min(end + 1, body.length) - position);
            }

            position = end + 1;
        }

        kept.write(0);
        return kept.toByteArray();
    }

    MessageInput.Body readBody(final int length) throws IOException {
        if (length < Integer.BYTES || length > LONGEST_REPORT) {
            throw new ProtocolException("the backend sent a message of an impossible length");
        }

        return new MessageInput.Body(input.readBytes(length - Integer.BYTES));
    }

    /** Notes a setting and builds what the client is told of it; null for one that Redshift does not have. */
    byte[] parameterStatus(final MessageInput.Body body) throws IOException {
        final String name = body.readString();
        final String value = body.readString();
        parameters.put(name, value);
        if (NOT_REPORTED.contains(name)) {
            return null;
        }

        return new Message('S').string(name).string(name.equals("server_version") ? SERVER_VERSION : value).build();
    }

    private void failSegment() {
        lock.lock();
        try {
            segmentFailed = true;
        } finally {
            lock.unlock();
        }
    }

    private void ready(final char status) throws IOException {
        if (nextReadyIsVisible()) {
            // Before anyone learns that the line is idle: who waits for that may write to the client at once.
            client.statementEnded();
            client.send(new Message('Z').octet(status).build());
        }

        lock.lock();
        try {
            transactionStatus = status;
            lastSegmentFailed = segmentFailed;
            segmentFailed = false;
            cancellation = null;
            due.poll();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean nextReadyIsVisible() {
        lock.lock();
        try {
            final Boolean next = due.peek();
            return next == null || next;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What an ErrorResponse says, without the position, which would point into text that the client never wrote. */
    static SqlError readError(final MessageInput.Body body) throws IOException {
        String state = SqlError.INTERNAL;
        String message = "";
        String detail = null;
        String hint = null;
        String context = null;
        int code = body.readByte();
        while (code != 0) {
            final String value = body.readString();
            switch (code) {
                case 'C' -> state = value;
                case 'M' -> message = value;
                case 'D' -> detail = value;
                case 'H' -> hint = value;
                case 'W' -> context = value;
                default -> {
                    // Source file, line and the like are of no use to the client.
                }
            }

            code = body.readByte();
        }

        return new SqlError(state, message, detail, hint, context);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /**
     * How a message begins.
     *
     * @param length bytes, those of the length itself among them
     */
    record Header(int type, int length) {
    }
}
