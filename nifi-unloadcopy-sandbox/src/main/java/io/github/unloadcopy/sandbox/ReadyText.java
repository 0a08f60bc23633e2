package io.github.unloadcopy.sandbox;

import io.github.unloadcopy.sandbox.client.SandboxEndpoints;

import java.util.stream.Collectors;

/**
 * The ready document for people: lines to paste into a shell, a connection dialog, or NiFi. Passwords are in the environment and not in command lines, which every user of a machine may read.
 *
 * @param kept the folder that keeps the data, or null
 */
record ReadyText(SandboxEndpoints endpoints, String kept) {

    @Override
    public String toString() {
        return """
                The sandbox is ready; Ctrl-C stops it and %s.

                AWS CLI (2.13 or later, or 1.29), SDKs, NiFi's own environment:
                  export AWS_ACCESS_KEY_ID='%s'
                  export AWS_SECRET_ACCESS_KEY='%s'
                  export AWS_REGION='%s' AWS_DEFAULT_REGION='%s'
                  export AWS_ENDPOINT_URL_S3='%s'
                  export AWS_ENDPOINT_URL_KMS='%s'
                  export AWS_ENDPOINT_URL_STS='%s'
                  unset AWS_PROFILE AWS_SESSION_TOKEN
                  aws s3 mb s3://staging; aws kms list-aliases
                An older AWS CLI needs the endpoint each time: aws --endpoint-url %s s3 ls
                %s
                NiFi: the environment above, and in the parameter context:
                  Region                       %s
                  KMS Key                      alias/RedshiftUnloadCopyUtility
                  Redshift Root Certificate    %s
                  "aws_iam_role" of a configuration: %s

                Certificate authority: %s
                Counts of calls, faults on demand, restarts: this lists what can be asked
                  CONTROL='%s' HEADER='%s'
                  curl -H "@$HEADER" $CONTROL/
                The file has the control's token, which goes with each request as "Authorization: Bearer %s".
                """.formatted(kept == null ? "deletes what is in it" : "keeps what is in it, in " + kept,
                endpoints.accessKeyId(), endpoints.secretAccessKey(), endpoints.region(), endpoints.region(), endpoints.s3().endpoint(), endpoints.kms().endpoint(), endpoints.kms().endpoint(),
                endpoints.s3().endpoint(),
                endpoints.clusters().stream().map(this::describe).collect(Collectors.joining()), endpoints.region(), endpoints.caFile(), endpoints.iamRole(), endpoints.caFile(),
                endpoints.control().endpoint(), endpoints.control().headerFile(), endpoints.control().token()).stripTrailing();
    }

    private String describe(final SandboxEndpoints.Cluster cluster) {
        return """

                Redshift cluster %s, user %s, password %s:
                  %s
                  export PGPASSWORD='%s'
                  psql 'host=%s port=%d dbname=%s user=%s sslmode=verify-full sslrootcert=%s'
                """.formatted(cluster.name(), cluster.user(), cluster.password(), cluster.jdbcUrl(endpoints.caFile()),
                cluster.password(), cluster.host(), cluster.port(), cluster.database(), cluster.user(), endpoints.caFile());
    }
}
