package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes an authorization of the parameters of UNLOAD and COPY, and finds the key of client-side encryption, which may hide in the CREDENTIALS string.
 * Rules: page "Authorization parameters" of the Redshift Database Developer Guide.
 */
final class AuthorizationReader {

    /** What IAM_ROLE default gives. */
    static final String DEFAULT_ROLE = "default";

    private static final Set<String> KEY_PARTS = Set.of("aws_access_key_id", "aws_secret_access_key", "token");

    private final OptionSet options;
    private Authorization roles;
    private String accessKeyId;
    private Secret secretAccessKey;
    private Secret sessionToken;
    private Secret masterSymmetricKey;

    /**
     * Reads the strings; {@link OptionSet#check} is to be called between this and the other methods.
     *
     * @throws SqlError when one of them is malformed
     */
    AuthorizationReader(final OptionSet options) {
        this.options = options;
        this.accessKeyId = options.text("ACCESS_KEY_ID");
        this.secretAccessKey = options.secret("SECRET_ACCESS_KEY");
        this.sessionToken = options.secret("SESSION_TOKEN");
        this.masterSymmetricKey = options.secret("MASTER_SYMMETRIC_KEY");
        if (options.has("IAM_ROLE")) {
            roles = roleChain(options.text("IAM_ROLE"));
        }

        if (options.has("CREDENTIALS")) {
            readCredentials(options.secret("CREDENTIALS").reveal());
        }
    }

    /**
     * As whom the statement acts.
     *
     * @throws SqlError when the statement does not say
     */
    Authorization authorization() {
        if (roles != null) {
            return roles;
        }

        if (accessKeyId == null) {
            throw SqlError.syntax(options.command() + " needs an authorization: IAM_ROLE, ACCESS_KEY_ID with SECRET_ACCESS_KEY, or CREDENTIALS");
        }

        return new Authorization.AccessKey(accessKeyId, secretAccessKey, sessionToken);
    }

    /** Null when the statement holds no key. */
    Secret masterSymmetricKey() {
        return masterSymmetricKey;
    }

    private Authorization roleChain(final String text) {
        if (text.equalsIgnoreCase(DEFAULT_ROLE)) {
            return new Authorization.DefaultRole();
        }

        final List<String> arns = new ArrayList<>();
        for (final String arn : text.split(",", -1)) {
            if (!arn.strip().startsWith("arn:")) {
                throw SqlError.syntax(options.command() + ": IAM_ROLE needs 'arn:aws:iam::<account>:role/<name>', several of them with commas between, or default");
            }

            arns.add(arn.strip());
        }

        return new Authorization.Roles(arns);
    }

    /** The string is case-sensitive and holds no blanks. */
    private void readCredentials(final String text) {
        if (text.chars().anyMatch(Character::isWhitespace)) {
            throw malformedCredentials();
        }

        boolean keys = false;
        for (final String pair : text.split(";")) {
            final int equals = pair.indexOf('=');
            if (equals < 0) {
                throw malformedCredentials();
            }

            final String name = pair.substring(0, equals);
            final String value = pair.substring(equals + 1);
            keys |= KEY_PARTS.contains(name);
            switch (name) {
                case "aws_iam_role" -> roles = roleChain(value);
                case "aws_access_key_id" -> accessKeyId = value;
                case "aws_secret_access_key" -> secretAccessKey = new Secret(value);
                case "token" -> sessionToken = new Secret(value);
                case "master_symmetric_key" -> {
                    options.add(StatementParameters.KEY_IN_CREDENTIALS);
                    masterSymmetricKey = new Secret(value);
                }
                default -> throw malformedCredentials();
            }
        }

        if (roles != null && keys) {
            throw SqlError.syntax(options.command() + ": CREDENTIALS holds either aws_iam_role or access keys, not both");
        }

        if (roles == null && (accessKeyId == null || secretAccessKey == null)) {
            throw malformedCredentials();
        }
    }

    private static SqlError malformedCredentials() {
        return new SqlError(SqlError.INTERNAL, "Invalid credentials. Must be of the format: credentials 'aws_iam_role=...' or "
                + "'aws_access_key_id=...;aws_secret_access_key=...[;token=...]', each optionally followed by ';master_symmetric_key=...', without blanks");
    }
}
