package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;

import java.io.IOException;

/**
 * Types that have other ids on the wire than in PostgreSQL's catalog.
 */
final class WireTypes {

    /** Redshift's id of SUPER. */
    private static final int SUPER = 4000;
    /** Redshift's id of VARBYTE. */
    private static final int VARBYTE = 6551;
    /** Redshift's id of GEOMETRY in hexadecimal text; under the type's own id the driver expects bytes. */
    private static final int GEOMETRY_TEXT = 3999;

    private WireTypes() {
    }

    /** Rebuilds a RowDescription with Redshift's ids. */
    static byte[] description(final MessageInput.Body body) throws IOException {
        final int count = body.readShort();
        final Message message = new Message('T').shortInteger(count);
        for (int index = 0; index < count; index++) {
            message.string(body.readString()).integer(body.readInt()).shortInteger(body.readShort());
            message.integer(toRedshift(body.readInt())).shortInteger(body.readShort()).integer(body.readInt()).shortInteger(body.readShort());
        }

        return message.build();
    }

    /** Rebuilds a ParameterDescription with Redshift's ids. */
    static byte[] parameters(final MessageInput.Body body) throws IOException {
        final int count = body.readShort();
        final Message message = new Message('t').shortInteger(count);
        for (int index = 0; index < count; index++) {
            message.integer(toRedshift(body.readInt()));
        }

        return message.build();
    }

    /** Appends what follows the text in a Parse, the types of parameters, with PostgreSQL's ids. */
    static Message addParameters(final Message parse, final MessageInput.Body body) throws IOException {
        final int count = body.readShort();
        parse.shortInteger(count);
        for (int index = 0; index < count; index++) {
            parse.integer(toPostgres(body.readInt()));
        }

        return parse;
    }

    private static int toRedshift(final int type) {
        return switch (type) {
            case TypeIds.JSONB -> SUPER;
            case TypeIds.BYTEA -> VARBYTE;
            case TypeIds.GEOMETRY -> GEOMETRY_TEXT;
            default -> type;
        };
    }

    private static int toPostgres(final int type) {
        return switch (type) {
            case SUPER -> TypeIds.JSONB;
            case VARBYTE -> TypeIds.BYTEA;
            case GEOMETRY_TEXT -> TypeIds.GEOMETRY;
            default -> type;
        };
    }
}
