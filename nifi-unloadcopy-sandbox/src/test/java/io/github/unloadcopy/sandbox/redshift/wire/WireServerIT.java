package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.faults.StatementFaults;
import io.github.unloadcopy.sandbox.redshift.postgres.PostgresServer;
import io.github.unloadcopy.sandbox.redshift.postgres.Storage;
import io.github.unloadcopy.sandbox.redshift.postgres.SystemCatalog;
import io.github.unloadcopy.sandbox.redshift.sql.RedshiftDialect;
import io.github.unloadcopy.sandbox.redshift.sql.StatementPlanner;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Clients that do not keep to the protocol: each of them ends its own connection at most, and leaves nothing behind. */
class WireServerIT {

    private static final String USER = "awsuser";
    private static final String DATABASE = "dev";
    private static final String PASSWORD = "Aa1" + UUID.randomUUID();
    private static final int TRIES = 80;

    private static Path folder;
    private static PostgresServer postgres;
    private static WireServer server;

    @BeforeContainer
    static void start() throws IOException, SQLException {
        folder = Files.createTempDirectory("wire");
        postgres = PostgresServer.start(Storage.temporary(folder, Path.of("target", "cache")));
        SystemCatalog.install(postgres, DATABASE, USER, PASSWORD);
        server = open(new WireServer.Settings(0, 20, Duration.ofMinutes(1), StatementFaults.none()));
    }

    @AfterContainer
    static void stop() throws IOException {
        server.close();
        postgres.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void anyBytesAtTheStart(@ForAll final byte[] bytes) throws IOException, SQLException {
        abuse(bytes);
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void anyLengthAndCodeAtTheStart(@ForAll("lengths") final int length, @ForAll("codes") final int code, @ForAll final byte[] rest) throws IOException, SQLException {
        abuse(ByteBuffer.allocate(2 * Integer.BYTES + rest.length).putInt(length).putInt(code).put(rest).array());
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void alteredStart(@ForAll("mutations") final List<Mutation> mutations) throws IOException, SQLException {
        abuse(mutate(RawClient.startup(USER, DATABASE), mutations));
    }

    @Property(tries = 2 * TRIES, shrinking = ShrinkingMode.OFF)
    void alteredConversation(@ForAll("conversations") final byte[] conversation, @ForAll("mutations") final List<Mutation> mutations) throws IOException, SQLException {
        try (RawClient client = new RawClient(server.port()).logIn(USER, PASSWORD, DATABASE)) {
            client.sendAll(mutate(conversation, mutations));
            client.readToEnd();
        }

        assertUnharmed();
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void anyMessages(@ForAll("messages") final List<byte[]> messages) throws IOException, SQLException {
        try (RawClient client = new RawClient(server.port()).logIn(USER, PASSWORD, DATABASE)) {
            client.sendAll(join(messages));
            client.readToEnd();
        }

        assertUnharmed();
    }

    @Property(tries = 50, shrinking = ShrinkingMode.OFF)
    void clientLeavesInTheMiddle(@ForAll("conversations") final byte[] conversation, @ForAll("lengths") final int length) throws IOException, SQLException {
        final byte[] part = new byte[Math.floorMod(length, conversation.length)];
        System.arraycopy(conversation, 0, part, 0, part.length);
        try (RawClient client = new RawClient(server.port()).logIn(USER, PASSWORD, DATABASE)) {
            client.send(part);
        }

        assertUnharmed();
    }

    @Example
    void leavingClientTakesItsStatementAlong() throws IOException, SQLException {
        try (RawClient client = new RawClient(server.port()).logIn(USER, PASSWORD, DATABASE)) {
            client.send(Message.query("SELECT pg_sleep(600)"));
            while (backends("state = 'active' AND query LIKE '%600%'") == 0) {
                Thread.onSpinWait();
            }
        }

        assertUnharmed();
    }

    @Example
    void digitsOfNumbersBeginWithTheStart() throws IOException {
        try (RawClient client = new RawClient(server.port()).logIn(USER, PASSWORD, DATABASE)) {
            client.send(Message.query("SHOW extra_float_digits"));
            RawClient.Reply reply = client.read();
            while (reply.type() != 'D') {
                reply = client.read();
            }

            final MessageInput.Body row = new MessageInput.Body(reply.body());
            assertEquals(1, row.readShort());
            assertEquals("0", row.readText(row.readInt()));
        }

        try (RawClient client = new RawClient(server.port())) {
            client.send(new Message().integer(3 << 16).string("user").string(USER).string("extra_float_digits").string("3").octet(0).build());
            final String refusal = client.readToEnd();
            assertTrue(refusal.contains("FATAL") && refusal.contains("22023") && refusal.contains("3 is outside the valid range for parameter \"extra_float_digits\" (-15 .. 2)"), refusal);
        }
    }

    @Example
    void statementBeforeThePasswordIsRefused() throws IOException, SQLException {
        for (final byte[] message : List.of(Message.query("SELECT 1"), Message.query("UNLOAD ('SELECT 1') TO 's3://b/k' IAM_ROLE default"), Message.empty('S'))) {
            try (RawClient client = new RawClient(server.port())) {
                client.send(RawClient.startup(USER, DATABASE));
                assertEquals('R', client.read().type());
                client.send(message);
                final String refusal = RawClient.text(client.read());
                assertTrue(refusal.contains("C08P01") && refusal.contains("expected password response"), refusal);
                assertEquals("", client.readToEnd());
            }

            assertUnharmed();
        }
    }

    @Example
    void clientThatDoesNotStartIsClosed() throws IOException {
        try (WireServer impatient = open(new WireServer.Settings(0, 20, Duration.ofMillis(200), StatementFaults.none()));
                RawClient silent = new RawClient(impatient.port());
                RawClient slow = new RawClient(impatient.port())) {
            slow.send(new byte[]{0, 0, 0});
            assertEquals("", silent.readToEnd());
            assertEquals("", slow.readToEnd());
            awaitNobody(impatient);
        }
    }

    @Example
    void startedClientMayBeSilent() throws IOException {
        final Duration deadline = Duration.ofMillis(200);
        try (WireServer impatient = open(new WireServer.Settings(0, 20, deadline, StatementFaults.none()));
                RawClient patient = new RawClient(impatient.port()).logIn(USER, PASSWORD, DATABASE);
                RawClient silent = new RawClient(impatient.port())) {
            // Closed at its deadline, which comes after that of the other.
            assertEquals("", silent.readToEnd());
            patient.send(Message.query("SELECT 1"));
            assertEquals('T', patient.read().type());
        }
    }

    @Example
    void moreSessionsThanThereMayBeAreRefused() throws IOException {
        final List<RawClient> clients = new ArrayList<>();
        try (WireServer small = open(new WireServer.Settings(0, 3, Duration.ofMinutes(1), StatementFaults.none()))) {
            for (int index = 0; index < 3; index++) {
                clients.add(new RawClient(small.port()).logIn(USER, PASSWORD, DATABASE));
            }

            try (RawClient late = new RawClient(small.port())) {
                late.send(RawClient.startup(USER, DATABASE));
                final String refusal = RawClient.text(late.read());
                assertTrue(refusal.startsWith("SFATAL\0VFATAL\0C53300\0Mconnection limit \"3\" exceeded for non-bootstrap users"), refusal);
            }

            clients.removeFirst().close();
            while (small.connections() > 2) {
                Thread.onSpinWait();
            }

            clients.add(new RawClient(small.port()).logIn(USER, PASSWORD, DATABASE));
        } finally {
            for (final RawClient client : clients) {
                client.close();
            }
        }
    }

    @Provide
    Arbitrary<Integer> lengths() {
        return Arbitraries.oneOf(Arbitraries.integers(), Arbitraries.integers().between(-8, 64), Arbitraries.of(Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 16, (1 << 16) + 1, 1 << 30, 0x7FFFFF00));
    }

    @Provide
    Arbitrary<Integer> codes() {
        return Arbitraries.oneOf(Arbitraries.integers(), Arbitraries.of(80877102, 80877103, 80877104, 3 << 16, (3 << 16) + 1, 2 << 16, 4 << 16));
    }

    @Provide
    Arbitrary<byte[]> conversations() {
        return Arbitraries.of(
                join(List.of(Message.query("SELECT 1"), Message.query("BEGIN; SELECT 2; COMMIT"), Message.query(""))),
                extended("SELECT $1::INTEGER", 1, "7"),
                extended("UNLOAD ('SELECT 1') TO 's3://bucket/key' IAM_ROLE default", 0, null),
                join(List.of(extended("BEGIN", 0, null), extended("SELECT 1/0", 0, null), Message.query("UNLOAD ('SELECT 1') TO 's3://bucket/key' IAM_ROLE default"), Message.query("ROLLBACK"))),
                join(List.of(new Message('P').string("s").string("SELECT nothing FROM nowhere").shortInteger(0).build(), Message.query("SELECT 1"), Message.empty('H'),
                        new Message('F').integer(1).shortInteger(0).shortInteger(0).shortInteger(0).build(), Message.empty('S'), Message.query("COPY t FROM 's3://b/k' IAM_ROLE default"))),
                join(List.of(new Message('C').octet('S').string("s").build(), Message.empty('S'), Message.empty('X'))));
    }

    @Provide
    Arbitrary<List<byte[]>> messages() {
        final Arbitrary<Character> types = Arbitraries.of('Q', 'P', 'B', 'D', 'E', 'C', 'S', 'F', 'H', 'p', 'd', 'c', 'f', 'X', 'Z', 'R', '\0');
        final Arbitrary<byte[]> bodies = Arbitraries.bytes().array(byte[].class).ofMaxSize(30);
        return Combinators.combine(types, bodies).as((type, body) -> new Message(type).bytes(body).build()).list().ofMinSize(1).ofMaxSize(10);
    }

    @Provide
    Arbitrary<List<Mutation>> mutations() {
        return Combinators.combine(Arbitraries.of(Kind.values()), Arbitraries.integers().greaterOrEqual(0), lengths()).as(Mutation::new).list().ofMinSize(1).ofMaxSize(4);
    }

    private static WireServer open(final WireServer.Settings settings) throws IOException {
        return new WireServer(settings, postgres.address(), null, new StatementPlanner(RedshiftDialect.rewriters()), (statement, session, cancelled) -> {
            session.query("SELECT 1");
            return new StatementRunner.Outcome("UNLOAD", List.of("done"));
        }, processId -> { });
    }

    private static byte[] extended(final String sql, final int parameters, final String value) {
        final Message bind = new Message('B').string("").string("").shortInteger(0).shortInteger(parameters);
        if (value != null) {
            bind.integer(value.length()).bytes(value.getBytes(StandardCharsets.UTF_8));
        }

        return join(List.of(new Message('P').string("").string(sql).shortInteger(0).build(), bind.shortInteger(0).build(), new Message('D').octet('P').string("").build(),
                new Message('E').string("").integer(0).build(), Message.empty('S')));
    }

    private static byte[] join(final List<byte[]> messages) {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        messages.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] mutate(final byte[] original, final List<Mutation> mutations) {
        byte[] bytes = original;
        for (final Mutation mutation : mutations) {
            bytes = mutation.apply(bytes);
        }

        return bytes;
    }

    private static void abuse(final byte[] bytes) throws IOException, SQLException {
        try (RawClient client = new RawClient(server.port())) {
            client.sendAll(bytes);
            client.readToEnd();
        }

        assertUnharmed();
    }

    /** A proper client is served, and nothing is left of the others: no connection, which has the thread, and no backend. */
    private static void assertUnharmed() throws IOException, SQLException {
        try (RawClient client = new RawClient(server.port()).logIn(USER, PASSWORD, DATABASE)) {
            client.send(Message.query("SELECT 'alive'"));
            assertEquals('T', client.read().type());
            assertTrue(RawClient.text(client.read()).contains("alive"));
        }

        awaitNobody(server);
        while (backends("usename = '" + USER + "'") > 0) {
            Thread.onSpinWait();
        }
    }

    private static void awaitNobody(final WireServer emptying) {
        while (emptying.connections() > 0) {
            Thread.onSpinWait();
        }
    }

    private static int backends(final String condition) throws SQLException {
        try (Connection connection = postgres.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND " + condition)) {
            count.next();
            return count.getInt(1);
        }
    }

    private enum Kind {
        FLIP, INSERT, DELETE, TRUNCATE, LENGTH, DUPLICATE
    }

    private record Mutation(Kind kind, int place, int value) {

        byte[] apply(final byte[] bytes) {
            if (bytes.length == 0) {
                return bytes;
            }

            final int at = place % bytes.length;
            final ByteArrayOutputStream changed = new ByteArrayOutputStream();
            changed.write(bytes, 0, at);
            switch (kind) {
                case FLIP -> {
                    changed.write(value);
                    changed.write(bytes, at + 1, bytes.length - at - 1);
                }
                case INSERT -> {
                    changed.write(value);
                    changed.write(bytes, at, bytes.length - at);
                }
                case DELETE -> changed.write(bytes, at + 1, bytes.length - at - 1);
                case TRUNCATE -> {
                    return changed.toByteArray();
                }
                case LENGTH -> {
                    changed.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
                    changed.write(bytes, Math.min(at + Integer.BYTES, bytes.length), Math.max(0, bytes.length - at - Integer.BYTES));
                }
                default -> {
                    changed.write(bytes, 0, bytes.length);
                    changed.write(bytes, at, bytes.length - at);
                }
            }

            return changed.toByteArray();
        }
    }
}
