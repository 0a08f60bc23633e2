package io.github.unloadcopy.cli;

import io.github.unloadcopy.config.ConfigReader;
import io.github.unloadcopy.config.MigrationConfig;
import io.github.unloadcopy.config.ParsedConfig;
import io.github.unloadcopy.config.StagingAuthorization;
import io.github.unloadcopy.config.StagingConfig;
import io.github.unloadcopy.kms.DecryptedValue;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.staging.S3Location;
import software.amazon.awssdk.regions.PartitionMetadata;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at a configuration from the outside in: first what it says, then AWS, then the clusters. What rests on something that failed is skipped, everything else goes on. */
final class ConfigCheck {
    private static final String S3 = "s3://";

    private final AwsClients aws;
    private final Checks checks;
    private final TableChecks tables;
    private final BucketCheck buckets;

    ConfigCheck(final AwsClients aws, final Checks checks, final TableChecks tables) {
        this.aws = aws;
        this.checks = checks;
        this.tables = tables;
        this.buckets = new BucketCheck(aws);
    }

    /**
     * Looks at everything.
     *
     * @param location local path or s3://bucket/key
     * @return what would be moved; empty when that is not known
     * @throws CliException when a local file cannot be read
     */
    List<Move> run(final String location) throws CliException {
        final byte[] document = read(location);

        if (document == null) {
            return List.of();
        }

        final ParsedConfig[] parsed = new ParsedConfig[1];
        final boolean valid = checks.run("configuration", step -> {
            parsed[0] = new ConfigReader().read(document);
            return "%d table(s), every field as it has to be".formatted(parsed[0].config().tables().size());
        });
        Arrays.fill(document, (byte) 0);

        if (!valid) {
            return List.of();
        }

        parsed[0].warnings().forEach(warning -> checks.warn("configuration", warning));
        final MigrationConfig config = parsed[0].config();
        checkAws(config);
        return tables.run(config);
    }

    /** The document; null when a check says why there is none. */
    private byte[] read(final String location) throws CliException {
        if (!location.regionMatches(true, 0, S3, 0, S3.length())) {
            return ConfigLocation.readFile(location);
        }

        final byte[][] document = new byte[1][];
        checks.run("configuration's bucket", step -> {
            final S3Location object = place(location);
            final String found = buckets.check(object, "the configuration");
            document[0] = ConfigLocation.readObject(object, aws.s3());
            return found;
        });
        return document[0];
    }

    private void checkAws(final MigrationConfig config) {
        final StagingConfig staging = config.staging();
        checks.run("Region", step -> region(staging));
        checks.run("staging bucket", step -> buckets.check(staging.path(), "s3Staging.path"));

        if (staging.authorization() instanceof final StagingAuthorization.Role role) {
            checks.run("role", step -> role(role.arn()));
        }

        for (final Map.Entry<String, String> secret : secrets(config).entrySet()) {
            checks.run(secret.getKey(), step -> decrypts(secret.getValue()));
        }
    }

    /** The original utility's rule. */
    private String region(final StagingConfig staging) throws CliException {
        final String region = aws.region().id();

        if (staging.region() != null && !staging.region().equals(region)) {
            throw new CliException(ExitStatus.CHECK_FAILED, "s3Staging.region is %s, but the Region given is %s: configuration, KMS key and staged data have to be in one Region"
                    .formatted(staging.region(), region));
        }

        return staging.region() == null ? "s3Staging names none, so %s is taken".formatted(region) : region;
    }

    private String role(final String chain) throws CliException {
        final PartitionMetadata partition = PartitionMetadata.of(aws.region());

        for (final String arn : chain.split(",")) {
            if (!arn.startsWith("arn:%s:".formatted(partition.id()))) {
                throw new CliException(ExitStatus.CHECK_FAILED, "%s is no role of the partition %s, which %s is in: correct the ARN".formatted(arn, partition.id(), aws.region().id()));
            }
        }

        return "%s; whether the clusters may assume it, a run shows".formatted(chain);
    }

    private String decrypts(final String ciphertext) throws KmsSecretException {
        try (DecryptedValue value = aws.secrets().open(ciphertext, Map.of())) {
            return "decrypts, " + value.keyArn();
        }
    }

    private static S3Location place(final String location) throws CliException {
        try {
            return S3Location.parse(location);
        } catch (final IllegalArgumentException e) {
            throw new CliException(ExitStatus.CHECK_FAILED, e.getMessage(), e);
        }
    }

    private static Map<String, String> secrets(final MigrationConfig config) {
        final Map<String, String> secrets = new LinkedHashMap<>();
        secrets.put("unloadSource.connectPwd", config.source().passwordCiphertext());
        secrets.put("copyTarget.connectPwd", config.target().passwordCiphertext());

        if (config.staging().authorization() instanceof final StagingAuthorization.AccessKey accessKey) {
            secrets.put("s3Staging.aws_access_key_id", accessKey.accessKeyIdCiphertext());
            secrets.put("s3Staging.aws_secret_access_key", accessKey.secretAccessKeyCiphertext());
        }

        return secrets;
    }
}
