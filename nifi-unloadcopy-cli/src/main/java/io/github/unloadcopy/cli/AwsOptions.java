package io.github.unloadcopy.cli;

import picocli.CommandLine.Option;

/** Which AWS to talk to, and as whom. */
final class AwsOptions {
    @Option(names = "--region", paramLabel = "REGION", description = "AWS Region of the key, the configuration and the staged data. Default: AWS_REGION, or the profile's.")
    private String region;

    @Option(names = "--profile", paramLabel = "NAME",
            description = "Profile of ~/.aws whose credentials to use. Default: the AWS SDK's own chain: environment, default profile, container or instance role.")
    private String profile;

    @Option(names = "--endpoint-url", paramLabel = "URL",
            description = "URL of KMS where it is not the Region's own. AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_KMS and AWS_ENDPOINT_URL_S3 hold as well.")
    private String endpointUrl;

    /**
     * Clients as the options describe them.
     *
     * @return clients; the caller closes them
     * @throws CliException when there is no Region, or an option is wrong
     */
    AwsClients clients() throws CliException {
        return AwsClients.of(region, profile, endpointUrl);
    }
}
