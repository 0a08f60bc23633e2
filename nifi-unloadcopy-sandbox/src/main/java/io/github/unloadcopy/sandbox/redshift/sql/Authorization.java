package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * As whom a statement asks S3.
 */
public sealed interface Authorization {

    /** The cluster's default role. */
    record DefaultRole() implements Authorization {
    }

    /**
     * A chain of roles.
     *
     * @param arns one or more, the cluster's own first
     */
    record Roles(List<String> arns) implements Authorization {
    }

    /**
     * The owner of an access key.
     *
     * @param sessionToken null for a key that does not expire
     */
    record AccessKey(String accessKeyId, Secret secretAccessKey, Secret sessionToken) implements Authorization {
    }
}
