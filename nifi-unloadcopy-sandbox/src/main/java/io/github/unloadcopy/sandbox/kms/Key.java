package io.github.unloadcopy.sandbox.kms;

import io.github.unloadcopy.sandbox.iam.ResourcePolicy;

import java.time.Instant;
import java.util.Map;
import javax.crypto.SecretKey;

/**
 * A KMS key as it is at one moment: a change makes another record.
 *
 * @param managedByAws whether it belongs to an AWS service, such as the one behind {@code alias/aws/s3}
 * @param policy who may use it, besides what the account's own policies say
 * @param rotation null while it is not rotated
 * @param deletionDate when it is to be deleted, null unless that is scheduled
 * @param material never leaves this package
 */
record Key(String id, String arn, String description, Instant creationDate, boolean managedByAws, Map<String, String> tags, ResourcePolicy policy,
        boolean enabled, Rotation rotation, Instant deletionDate, SecretKey material) {

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
        return new Key(id, arn, description, creationDate, managedByAws, tags, policy, value, rotation, deletionDate, material);
    }

    Key withRotation(final Rotation value) {
        return new Key(id, arn, description, creationDate, managedByAws, tags, policy, enabled, value, deletionDate, material);
    }

    /** A key whose deletion is scheduled is disabled, and stays so when the deletion is cancelled. */
    Key withDeletionDate(final Instant value) {
        return new Key(id, arn, description, creationDate, managedByAws, tags, policy, false, rotation, value, material);
    }

    Key withDescription(final String value) {
        return new Key(id, arn, value, creationDate, managedByAws, tags, policy, enabled, rotation, deletionDate, material);
    }

    Key withTags(final Map<String, String> value) {
        return new Key(id, arn, description, creationDate, managedByAws, value, policy, enabled, rotation, deletionDate, material);
    }

    Key withPolicy(final ResourcePolicy value) {
        return new Key(id, arn, description, creationDate, managedByAws, tags, value, enabled, rotation, deletionDate, material);
    }

    /** Names the key without its material. */
    @Override
    public String toString() {
        return "Key[" + arn + ", " + state() + "]";
    }

    /**
     * That a key is rotated; what has been encrypted is not touched by it.
     *
     * @param days between two rotations, from 90 to 2,560
     * @param since when rotation was turned on
     */
    record Rotation(int days, Instant since) {
    }
}
