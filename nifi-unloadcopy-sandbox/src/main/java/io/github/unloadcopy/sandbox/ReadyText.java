package io.github.unloadcopy.sandbox;

import io.github.unloadcopy.sandbox.client.SandboxEndpoints;

import java.util.stream.Collectors;

/**
 * The ready document for people: lines to paste into a shell or a connection dialog.
 */
record ReadyText(SandboxEndpoints endpoints) {

    @Override
    public String toString() {
        return """
                The sandbox is ready; Ctrl-C stops it and deletes what is in it.

                AWS (S3, KMS, STS), for the AWS CLI and SDKs:
                  export AWS_ACCESS_KEY_ID='%s'
                  export AWS_SECRET_ACCESS_KEY='%s'
                  export AWS_REGION='%s'
                  export AWS_ENDPOINT_URL_S3='%s'
                  export AWS_ENDPOINT_URL_KMS='%s'
                  export AWS_ENDPOINT_URL_STS='%s'
                IAM role of the clusters: %s
                Certificate authority:    %s
                %s
                Counts of calls: %s/calls
                """.formatted(endpoints.accessKeyId(), endpoints.secretAccessKey(), endpoints.region(), endpoints.s3().endpoint(), endpoints.kms().endpoint(), endpoints.kms().endpoint(),
                endpoints.iamRole(), endpoints.caFile(), endpoints.clusters().stream().map(this::describe).collect(Collectors.joining()), endpoints.control().endpoint()).stripTrailing();
    }

    private String describe(final SandboxEndpoints.Cluster cluster) {
        return """

                Redshift cluster %s, user %s, password %s:
                  %s
                  PGPASSWORD='%s' psql 'host=%s port=%d dbname=%s user=%s sslmode=verify-full sslrootcert=%s'
                """.formatted(cluster.name(), cluster.user(), cluster.password(), cluster.jdbcUrl(endpoints.caFile()),
                cluster.password(), cluster.host(), cluster.port(), cluster.database(), cluster.user(), endpoints.caFile());
    }
}
