package io.github.unloadcopy.redshift;

import io.github.unloadcopy.kms.Secret;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Secrets for statements, new in every run. */
final class StatementFixtures {
    static final String ROLE = "arn:aws:iam::123456789012:role/staging";
    static final String KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/0f8fad5b-d9cb-469f-a165-70867728950e";

    private StatementFixtures() {
    }

    static Secret masterKey() {
        return Secret.of(random(32));
    }

    static Authorization.AccessKey accessKey() {
        final String id = "AKIA" + HexFormat.of().withUpperCase().formatHex(random(8));
        return new Authorization.AccessKey(secret(id), secret("q/+=" + HexFormat.of().formatHex(random(18))));
    }

    static Secret secret(final String text) {
        return Secret.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] random(final int length) {
        final byte[] bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
