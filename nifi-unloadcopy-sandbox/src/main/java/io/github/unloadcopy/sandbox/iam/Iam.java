package io.github.unloadcopy.sandbox.iam;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Identities;
import io.github.unloadcopy.sandbox.cloud.Principal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The account: its roles, its access keys, and what each may do.
 */
public final class Iam implements Identities {

    /** The account that everything in the sandbox belongs to. */
    public static final String ACCOUNT_ID = "000000000000";

    private static final String KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int ACCESS_KEY_ID_LENGTH = 20;
    private static final int SECRET_BYTES = 30;
    private static final int SESSION_TOKEN_BYTES = 120;
    private static final int FORBIDDEN = 403;
    private static final int BAD_REQUEST = 400;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Clock clock;
    private final Map<String, Role> rolesByArn;
    private final Map<String, AccessKey> accessKeys = new ConcurrentHashMap<>();
    private final AccessKey rootKey;

    /** An account with the four roles that {@link Role} describes. */
    public Iam(final Clock clock) {
        this(clock, List.of(Role.REDSHIFT_UNLOAD_COPY, Role.READ_ONLY, Role.NO_KMS, Role.NOTHING));
    }

    /** An account with other roles. */
    public Iam(final Clock clock, final List<Role> roles) {
        this(clock, roles, newRootCredentials());
    }

    /** An account with other roles, and with the access key that it had before. */
    public Iam(final Clock clock, final List<Role> roles, final Credentials root) {
        this.clock = clock;
        this.rolesByArn = roles.stream().collect(Collectors.toUnmodifiableMap(Role::arn, Function.identity()));
        this.rootKey = new AccessKey(root.accessKeyId(), root.secretAccessKey(), null, null, new Principal("arn:aws:iam::" + ACCOUNT_ID + ":root"));
        accessKeys.put(rootKey.accessKeyId(), rootKey);
    }

    /** An account with the four roles that {@link Role} describes, and with the access key that it had before. */
    public Iam(final Clock clock, final Credentials root) {
        this(clock, List.of(Role.REDSHIFT_UNLOAD_COPY, Role.READ_ONLY, Role.NO_KMS, Role.NOTHING), root);
    }

    /** Makes up an access key that may do everything. */
    public static Credentials newRootCredentials() {
        return new Credentials(accessKeyId("AKIA"), secret(SECRET_BYTES));
    }

    /** The key that may do everything; another one for each start, unless it was given. */
    public AccessKey rootKey() {
        return rootKey;
    }

    /**
     * Hands out a key that expires.
     *
     * @param roleArn whose permissions it has
     * @throws CloudException AccessDenied when there is no such role
     */
    public AccessKey startSession(final String roleArn, final String sessionName, final Duration lifetime) {
        final Principal principal = session(role(roleArn), sessionName);
        final AccessKey key = new AccessKey(accessKeyId("ASIA"), secret(SECRET_BYTES), secret(SESSION_TOKEN_BYTES), clock.instant().plus(lifetime), principal);
        accessKeys.put(key.accessKeyId(), key);
        return key;
    }

    @Override
    public Principal assumeRoles(final List<String> roleArns) {
        if (roleArns.isEmpty()) {
            throw new IllegalArgumentException("A chain of roles has at least one.");
        }

        Principal principal = session(role(roleArns.getFirst()), "RedshiftIamRoleSession");
        for (final String roleArn : roleArns.subList(1, roleArns.size())) {
            final Role next = role(roleArn);
            require(principal, "sts:AssumeRole", roleArn);
            principal = session(next, "RedshiftIamRoleSession");
        }

        return principal;
    }

    @Override
    public Principal accessKey(final String accessKeyId, final String secretAccessKey, final String sessionToken) {
        final AccessKey key = find(accessKeyId)
                .orElseThrow(() -> new CloudException("InvalidAccessKeyId", FORBIDDEN, "The AWS Access Key Id you provided does not exist in our records."));
        if (!same(key.secretAccessKey(), secretAccessKey)) {
            throw new CloudException("SignatureDoesNotMatch", FORBIDDEN,
                    "The request signature we calculated does not match the signature you provided. Check your key and signing method.");
        }

        checkSession(key, sessionToken);
        return key.principal();
    }

    /** The key of that id, whatever its state. */
    public Optional<AccessKey> find(final String accessKeyId) {
        return Optional.ofNullable(accessKeyId).map(accessKeys::get);
    }

    /**
     * Checks the session token that came with a key.
     *
     * @param sessionToken null when none came
     * @throws CloudException InvalidToken or ExpiredToken
     */
    public void checkSession(final AccessKey key, final String sessionToken) {
        if (key.sessionToken() == null ? sessionToken != null : !same(key.sessionToken(), sessionToken)) {
            throw new CloudException("InvalidToken", BAD_REQUEST, "The provided token is malformed or otherwise invalid.");
        }

        if (key.expiration() != null && !clock.instant().isBefore(key.expiration())) {
            throw new CloudException("ExpiredToken", BAD_REQUEST, "The provided token has expired.");
        }
    }

    public boolean allows(final Principal principal, final String action, final String resource) {
        return statementsOf(principal).stream().anyMatch(statement -> statement.allows(action, resource));
    }

    /**
     * Checks a permission.
     *
     * @throws CloudException AccessDenied, in the words of S3 and STS
     */
    public void require(final Principal principal, final String action, final String resource) {
        if (!allows(principal, action, resource)) {
            throw new CloudException("AccessDenied", FORBIDDEN, denial(principal, action, '"' + resource + '"'));
        }
    }

    /** What AWS says when no policy allows it. */
    public static String denial(final Principal principal, final String action, final String resource) {
        return "User: %s is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action".formatted(principal.arn(), action, resource, action);
    }

    private Role role(final String arn) {
        final Role role = rolesByArn.get(arn);
        if (role == null) {
            throw new CloudException("AccessDenied", FORBIDDEN, "Not authorized to assume IAM Role " + arn + ": the sandbox has " + String.join(", ", rolesByArn.keySet().stream().sorted().toList()));
        }

        return role;
    }

    private static Principal session(final Role role, final String sessionName) {
        return new Principal("arn:aws:sts::" + ACCOUNT_ID + ":assumed-role/" + role.name() + "/" + sessionName);
    }

    private List<Statement> statementsOf(final Principal principal) {
        if (principal.equals(rootKey.principal())) {
            return Role.ROOT;
        }

        return rolesByArn.values().stream()
                .filter(role -> principal.arn().startsWith("arn:aws:sts::" + ACCOUNT_ID + ":assumed-role/" + role.name() + "/"))
                .findFirst()
                .map(Role::statements)
                .orElse(List.of());
    }

    private static String accessKeyId(final String prefix) {
        final StringBuilder identifier = new StringBuilder(prefix);
        while (identifier.length() < ACCESS_KEY_ID_LENGTH) {
            identifier.append(KEY_ALPHABET.charAt(RANDOM.nextInt(KEY_ALPHABET.length())));
        }

        return identifier.toString();
    }

    private static String secret(final int length) {
        final byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static boolean same(final String expected, final String actual) {
        return actual != null && MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), actual.getBytes(StandardCharsets.UTF_8));
    }

    /** The two parts of an access key that does not expire. */
    public record Credentials(String accessKeyId, String secretAccessKey) {

        /** Names the key without its secret. */
        @Override
        public String toString() {
            return "Credentials[" + accessKeyId + "]";
        }
    }
}
