package io.github.unloadcopy.sandbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unloadcopy.sandbox.files.SecretFile;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.redshift.postgres.Storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What a start makes up, and a later start in the same folder has to know.
 *
 * @param region the account's, which data belongs to
 */
record Secrets(String region, String accessKeyId, String secretAccessKey, Cluster source, Cluster target) {

    private static final int PASSWORD_BYTES = 12;

    static Secrets create(final String region) {
        final Iam.Credentials root = Iam.newRootCredentials();
        return new Secrets(region, root.accessKeyId(), root.secretAccessKey(), Cluster.create(), Cluster.create());
    }

    /** Reads those of an earlier start, or makes some and writes them. */
    static Secrets in(final Path file, final String region) throws IOException {
        final ObjectMapper mapper = new ObjectMapper();
        if (!Files.exists(file)) {
            final Secrets created = create(region);
            SecretFile.write(file, mapper.writeValueAsBytes(created));
            return created;
        }

        final Secrets kept = mapper.readValue(Files.readAllBytes(file), Secrets.class);
        if (!kept.region().equals(region)) {
            throw new IOException("The data in " + file.getParent() + " is of the Region " + kept.region() + ", not " + region + ": say --region=" + kept.region() + ", or name another folder.");
        }

        return kept;
    }

    Cluster of(final String cluster) {
        return cluster.equals("source") ? source : target;
    }

    /** Tells none of them. */
    @Override
    public String toString() {
        return "Secrets[" + region + "]";
    }

    /**
     * Those of one cluster.
     *
     * @param password of its first user
     * @param administratorPassword of the PostgreSQL behind it
     */
    record Cluster(String password, String administratorPassword) {

        static Cluster create() {
            return new Cluster(newPassword(), Storage.newPassword());
        }

        /** Redshift wants an upper-case letter, a lower-case one and a digit ("CREATE USER", Amazon Redshift Database Developer Guide). */
        private static String newPassword() {
            final byte[] bytes = new byte[PASSWORD_BYTES];
            new SecureRandom().nextBytes(bytes);
            return "Aa1" + HexFormat.of().formatHex(bytes);
        }

        /** Tells none of them. */
        @Override
        public String toString() {
            return "Cluster";
        }
    }
}
