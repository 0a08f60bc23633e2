package io.github.unloadcopy.redshift;

import io.github.unloadcopy.kms.Secret;

import java.util.regex.Pattern;

/** The clauses that UNLOAD and COPY share. */
final class StatementOptions {
    static final String DELIMITER = "^";

    private static final int MASTER_KEY_BYTES = 32;
    /** What the parts of a CREDENTIALS string may hold: a semicolon, a quote or a space would end them. */
    private static final Pattern CREDENTIALS_PART = Pattern.compile("[A-Za-z0-9/+=_.-]+");

    private StatementOptions() {
    }

    /** Who the cluster acts as, and the key of either mode; COPY's ENCRYPTED is for client-side data only (page "COPY from Amazon S3 with encryption"). */
    static String security(final Authorization authorization, final DataEncryption encryption, final boolean unload) {
        return switch (encryption) {
            case final DataEncryption.SseKms kms -> authorization(authorization) + (unload ? " KMS_KEY_ID " + SqlText.literal(kms.keyArn()) + " ENCRYPTED" : "");
            case final DataEncryption.ClientSide clientSide -> clientSide(authorization, masterKey(clientSide.masterKey())) + " ENCRYPTED";
        };
    }

    /** REGION, where one is given. */
    static String region(final String region) {
        return region == null || region.isBlank() ? "" : " REGION " + SqlText.literal(region);
    }

    private static String authorization(final Authorization authorization) {
        return switch (authorization) {
            case final Authorization.Role role -> "IAM_ROLE " + SqlText.literal(role.arn());
            case final Authorization.AccessKey key -> "ACCESS_KEY_ID " + SqlText.literal(key.accessKeyId().text()) + " SECRET_ACCESS_KEY " + SqlText.literal(key.secretAccessKey().text());
        };
    }

    private static String clientSide(final Authorization authorization, final String masterKey) {
        return switch (authorization) {
            case final Authorization.Role role -> "IAM_ROLE " + SqlText.literal(role.arn()) + " MASTER_SYMMETRIC_KEY " + SqlText.literal(masterKey);
            case final Authorization.AccessKey key -> "CREDENTIALS " + SqlText.literal("aws_access_key_id=%s;aws_secret_access_key=%s;master_symmetric_key=%s"
                    .formatted(part(key.accessKeyId(), "access key id"), part(key.secretAccessKey(), "secret access key"), masterKey));
        };
    }

    private static String part(final Secret secret, final String name) {
        final String text = secret.text();

        if (!CREDENTIALS_PART.matcher(text).matches()) {
            throw new IllegalArgumentException("The %s holds characters that no access key has: encrypt the right value, without spaces or line ends around it".formatted(name));
        }

        return text;
    }

    private static String masterKey(final Secret secret) {
        final int length = secret.length();

        if (length != MASTER_KEY_BYTES) {
            throw new IllegalArgumentException("The master symmetric key has %d bytes instead of %d: generate it with KMS GenerateDataKey, AES_256".formatted(length, MASTER_KEY_BYTES));
        }

        return secret.base64();
    }
}
