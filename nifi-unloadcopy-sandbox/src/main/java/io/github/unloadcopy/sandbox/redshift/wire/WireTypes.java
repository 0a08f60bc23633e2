package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;

import java.io.IOException;

/**
 * Types whose ids are not PostgreSQL's. The id of VARBYTE stays that of PostgreSQL's bytea, whose text form the driver would not read under Redshift's.
 */
final class WireTypes {

    /** Redshift's id of SUPER. */
    private static final int SUPER = 4000;

    private WireTypes() {
    }

    /** Rebuilds a RowDescription with Redshift's ids. */
    static byte[] description(final MessageInput.Body body) throws IOException {
        final int count = body.readShort();
        final Message message = new Message('T').shortInteger(count);
        for (int index = 0; index < count; index++) {
            message.string(body.readString()).integer(body.readInt()).shortInteger(body.readShort());
            final int type = body.readInt();
            message.integer(type == TypeIds.JSONB ? SUPER : type).shortInteger(body.readShort()).integer(body.readInt()).shortInteger(body.readShort());
        }

        return message.build();
    }
}
