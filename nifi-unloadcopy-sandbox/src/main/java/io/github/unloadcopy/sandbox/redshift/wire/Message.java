package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.sql.SqlError;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Builds one small message.
 */
final class Message {

    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private final boolean typed;

    /** A message with a type. */
    Message(final char type) {
        this.typed = true;
        content.write(type);
        integer(0);
    }

    /** A message of the start-up, which has no type. */
    Message() {
        this.typed = false;
        integer(0);
    }

    Message octet(final int value) {
        content.write(value);
        return this;
    }

    Message shortInteger(final int value) {
        return octet(value >> 8).octet(value);
    }

    Message integer(final int value) {
        return shortInteger(value >> 16).shortInteger(value);
    }

    Message string(final String value) {
        content.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        return octet(0);
    }

    Message bytes(final byte[] value) {
        content.writeBytes(value);
        return this;
    }

    /** The whole message, its length filled in. */
    byte[] build() {
        final byte[] message = content.toByteArray();
        final int start = typed ? 1 : 0;
        ByteBuffer.wrap(message).putInt(start, message.length - start);
        return message;
    }

    static byte[] empty(final char type) {
        return new Message(type).build();
    }

    static byte[] error(final String severity, final SqlError error) {
        final Message message = new Message('E');
        field(message, 'S', severity);
        field(message, 'V', severity);
        field(message, 'C', error.state());
        field(message, 'M', error.getMessage());
        field(message, 'D', error.detail());
        field(message, 'H', error.hint());
        field(message, 'W', error.context());
        return message.octet(0).build();
    }

    static byte[] info(final String text) {
        final Message message = new Message('N');
        field(message, 'S', "INFO");
        field(message, 'V', "INFO");
        field(message, 'C', "00000");
        field(message, 'M', text);
        return message.octet(0).build();
    }

    static byte[] query(final String sql) {
        return new Message('Q').string(sql).build();
    }

    private static void field(final Message message, final char code, final String value) {
        if (value != null) {
            message.octet(code).string(value.replace('\0', ' '));
        }
    }
}
