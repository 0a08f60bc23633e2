package io.github.unloadcopy.sandbox.redshift.wire;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A client that can say anything. */
final class RawClient implements AutoCloseable {

    private static final int PROTOCOL = 3 << 16;
    private static final int MD5 = 5;
    private static final int SALT_BYTES = 4;

    private final Socket socket;
    private final DataInputStream input;
    private final OutputStream output;

    RawClient(final int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        input = new DataInputStream(socket.getInputStream());
        output = socket.getOutputStream();
    }

    static byte[] startup(final String user, final String database) {
        return new Message().integer(PROTOCOL).string("user").string(user).string("database").string(database).octet(0).build();
    }

    /** Says who it is, and waits until it may send statements. */
    RawClient logIn(final String user, final String password, final String database) throws IOException {
        send(startup(user, database));
        Reply reply = read();
        while (reply.type() != 'Z') {
            if (reply.type() == 'R' && new MessageInput.Body(reply.body()).readInt() == MD5) {
                final byte[] salt = new byte[SALT_BYTES];
                System.arraycopy(reply.body(), Integer.BYTES, salt, 0, SALT_BYTES);
                send(new Message('p').string(digest(user, password, salt)).build());
            } else if (reply.type() == 'E') {
                throw new IOException(text(reply));
            }

            reply = read();
        }

        return this;
    }

    void send(final byte[] bytes) throws IOException {
        output.write(bytes);
        output.flush();
    }

    /**
     * Sends all that the other side takes, and says that this is all.
     *
     * @return false when the other side closed the connection before
     */
    boolean sendAll(final byte[] bytes) {
        try {
            send(bytes);
            socket.shutdownOutput();
            return true;
        } catch (final IOException e) {
            return false;
        }
    }

    /** Reads until the server closes the connection; what it said as text. */
    String readToEnd() throws IOException {
        try {
            return new String(input.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (final SocketException e) {
            return "";
        }
    }

    Reply read() throws IOException {
        final int type = input.readUnsignedByte();
        final byte[] body = new byte[input.readInt() - Integer.BYTES];
        input.readFully(body);
        return new Reply(type, body);
    }

    static String text(final Reply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static String digest(final String user, final String password, final byte[] salt) {
        final String inner = md5(bytes(password + user), new byte[0]);
        return "md5" + md5(bytes(inner), salt);
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String md5(final byte[] first, final byte[] second) {
        try {
            final MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(first);
            digest.update(second);
            return HexFormat.of().formatHex(digest.digest());
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has MD5", e);
        }
    }

    /** One message from the server. */
    record Reply(int type, byte[] body) {
    }
}
