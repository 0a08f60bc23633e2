package io.github.unloadcopy.sandbox.redshift.postgres;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Where a PostgreSQL keeps its files.
 *
 * @param folder what belongs to this one alone; made when missing
 * @param cache what every one can use, and the next start as well: unpacked binaries, and a database cluster as PostgreSQL makes it
 * @param password of PostgreSQL's own administrator, whom only the sandbox knows
 * @param kept whether data stays when it stops; if there is some already, it is used, and the password must be the one that it was made with
 */
public record Storage(Path folder, Path cache, String password, boolean kept) {

    private static final int PASSWORD_BYTES = 16;

    /** For data that goes when it stops. */
    public static Storage temporary(final Path folder, final Path cache) {
        return new Storage(folder, cache, newPassword(), false);
    }

    public static String newPassword() {
        final byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    Path data() {
        return folder.resolve("data").toAbsolutePath();
    }

    /** Names the folder only. */
    @Override
    public String toString() {
        return "Storage[" + folder + "]";
    }
}
