package io.github.unloadcopy.sandbox.s3.awssdk;

import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.kms.KeyRing;

import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;

/**
 * All that S3 keeps, in memory and encrypted: with data keys under KMS keys where that is asked for, and otherwise with a key of its own that goes with it.
 */
public final class ObjectVault {

    private static final int KEY_BITS = 256;

    private final Iam iam;
    private final KeyRing keys;
    private final Buckets buckets;
    private final SecretKey keyOfS3 = newKey();

    /**
     * @param homeRegion the Region of buckets that are created without one
     */
    public ObjectVault(final Iam iam, final KeyRing keys, final String homeRegion, final Clock clock) {
        this.iam = iam;
        this.keys = keys;
        this.buckets = new Buckets(homeRegion, clock);
    }

    private static SecretKey newKey() {
        try {
            final KeyGenerator generator = KeyGenerator.getInstance("AES");
            generator.init(KEY_BITS);
            return generator.generateKey();
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has AES", e);
        }
    }

    public Buckets buckets() {
        return buckets;
    }

    /** What is there, as somebody may use it. */
    public GuardedBlobStore as(final Principal principal) {
        return new GuardedBlobStore(buckets, new Access(iam, principal), new Sealer(keys, keyOfS3, principal));
    }
}
