package io.github.unloadcopy.sandbox.kms;

import java.time.Instant;
import java.util.Map;
import javax.crypto.SecretKey;

/**
 * A KMS key as it is at one moment: a change makes another record.
 *
 * @param managedByAws whether it belongs to an AWS service, such as the one behind {@code alias/aws/s3}
 * @param deletionDate when it is to be deleted, null unless that is scheduled
 * @param material never leaves this package
 */
record Key(String id, String arn, String description, Instant creationDate, boolean managedByAws, Map<String, String> tags,
        boolean enabled, boolean rotated, Instant deletionDate, SecretKey material) {

    Key {
        tags = Map.copyOf(tags);
    }

    KeyState state() {
        if (deletionDate != null) {
            return KeyState.PendingDeletion;
        }

        return enabled ? KeyState.Enabled : KeyState.Disabled;
    }

    Key withEnabled(final boolean value) {
        return new Key(id, arn, description, creationDate, managedByAws, tags, value, rotated, deletionDate, material);
    }

    Key withRotated(final boolean value) {
        return new Key(id, arn, description, creationDate, managedByAws, tags, enabled, value, deletionDate, material);
    }

    /** A key whose deletion is scheduled is disabled, and stays so when the deletion is cancelled. */
    Key withDeletionDate(final Instant value) {
        return new Key(id, arn, description, creationDate, managedByAws, tags, false, rotated, value, material);
    }

    /** Names the key without its material. */
    @Override
    public String toString() {
        return "Key[" + arn + ", " + state() + "]";
    }
}
