package io.github.unloadcopy.redshift;

import io.github.unloadcopy.kms.Secret;

/** As whom a cluster reaches S3. */
public sealed interface Authorization {
    /**
     * A role that the cluster may assume.
     *
     * @param arn ARN of the role, or several separated by commas: a chain
     */
    record Role(String arn) implements Authorization {
    }

    /**
     * An access key.
     *
     * @param accessKeyId access key id; a secret too, since the pair is
     * @param secretAccessKey secret access key
     */
    record AccessKey(Secret accessKeyId, Secret secretAccessKey) implements Authorization {
    }
}
