package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the authorization parameters of UNLOAD and COPY, and the key of client-side encryption, which may hide in the CREDENTIALS string.
 * Rules: "Authorization parameters" of the Redshift Database Developer Guide.
 */
final class AuthorizationReader {

    private final String command;
    private final OptionSet options;
    private Authorization roles;
    private String accessKeyId;
    private Secret secretAccessKey;
    private Secret sessionToken;
    private Secret masterSymmetricKey;

    AuthorizationReader(final String command, final OptionSet options) {
        this.command = command;
        this.options = options;
    }

    /**
     * Reads one parameter when the keyword starts one.
     *
     * @param keyword in upper case, already taken
     */
    boolean read(final String keyword, final TokenReader reader) {
        switch (keyword) {
            case "IAM_ROLE" -> {
                options.add(keyword);
                readRole(reader);
            }
            case "ACCESS_KEY_ID" -> {
                options.add(keyword);
                accessKeyId = reader.expectString(keyword);
            }
            case "SECRET_ACCESS_KEY" -> {
                options.add(keyword);
                secretAccessKey = new Secret(reader.expectString(keyword));
            }
            case "SESSION_TOKEN" -> {
                options.add(keyword);
                sessionToken = new Secret(reader.expectString(keyword));
            }
            case "MASTER_SYMMETRIC_KEY" -> {
                options.add(keyword);
                masterSymmetricKey = new Secret(reader.expectString(keyword));
            }
            case "WITH" -> {
                reader.expectWord("CREDENTIALS");
                options.add("CREDENTIALS");
                readCredentials(reader.expectString("CREDENTIALS"));
            }
            case "CREDENTIALS" -> {
                options.add(keyword);
                readCredentials(reader.expectString(keyword));
            }
            default -> {
                return false;
            }
        }

        return true;
    }

    Authorization authorization() {
        options.exclude("IAM_ROLE", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "CREDENTIALS");
        options.exclude("CREDENTIALS", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "MASTER_SYMMETRIC_KEY");
        if (roles != null) {
            return roles;
        }

        if (accessKeyId == null && secretAccessKey == null) {
            throw SqlError.syntax(command + " needs an authorization: IAM_ROLE, ACCESS_KEY_ID with SECRET_ACCESS_KEY, or CREDENTIALS");
        }

        if (accessKeyId == null || secretAccessKey == null) {
            throw SqlError.syntax(command + " needs ACCESS_KEY_ID and SECRET_ACCESS_KEY together");
        }

        return new Authorization.AccessKey(accessKeyId, secretAccessKey, sessionToken);
    }

    /** Null when the statement holds no key. */
    Secret masterSymmetricKey() {
        return masterSymmetricKey;
    }

    private void readRole(final TokenReader reader) {
        if (reader.acceptWord("DEFAULT")) {
            roles = new Authorization.DefaultRole();
            return;
        }

        roles = roleChain(reader.expectString("IAM_ROLE"));
    }

    private Authorization roleChain(final String text) {
        if (text.equalsIgnoreCase("default")) {
            return new Authorization.DefaultRole();
        }

        final List<String> arns = new ArrayList<>();
        for (final String arn : text.split(",", -1)) {
            if (!arn.strip().startsWith("arn:")) {
                throw SqlError.syntax(command + ": IAM_ROLE needs 'arn:aws:iam::<account>:role/<name>', several of them with commas between, or default");
            }

            arns.add(arn.strip());
        }

        return new Authorization.Roles(arns);
    }

    private void readCredentials(final String text) {
        for (final String pair : text.split(";")) {
            final int equals = pair.indexOf('=');
            if (equals < 0) {
                throw malformedCredentials();
            }

            final String value = pair.substring(equals + 1).strip();
            switch (pair.substring(0, equals).strip().toLowerCase(Locale.ROOT)) {
                case "aws_iam_role" -> roles = roleChain(value);
                case "aws_access_key_id" -> accessKeyId = value;
                case "aws_secret_access_key" -> secretAccessKey = new Secret(value);
                case "token" -> sessionToken = new Secret(value);
                case "master_symmetric_key" -> masterSymmetricKey = new Secret(value);
                default -> throw malformedCredentials();
            }
        }

        if (roles != null && (accessKeyId != null || secretAccessKey != null || sessionToken != null)) {
            throw SqlError.syntax(command + ": CREDENTIALS holds either aws_iam_role or access keys, not both");
        }
    }

    private SqlError malformedCredentials() {
        return new SqlError(SqlError.INTERNAL, "Invalid credentials. Must be of the format: credentials 'aws_iam_role=...' or "
                + "'aws_access_key_id=...;aws_secret_access_key=...[;token=...]', each optionally followed by ';master_symmetric_key=...'");
    }
}
