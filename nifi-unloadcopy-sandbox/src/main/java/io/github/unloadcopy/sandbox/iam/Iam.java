package io.github.unloadcopy.sandbox.iam;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Identities;
import io.github.unloadcopy.sandbox.cloud.Principal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The account: its roles, its users with their access keys, and what each may do. Changes hold at once, for sessions that run already as well.
 */
public final class Iam implements Identities {

    /** The account that everything in the sandbox belongs to. */
    public static final String ACCOUNT_ID = "000000000000";

    static final String ROOT_ARN = "arn:aws:iam::" + ACCOUNT_ID + ":root";

    private static final String ASSUME_ROLE = "sts:AssumeRole";
    private static final String REDSHIFT = "redshift.amazonaws.com";
    private static final String SESSIONS = "arn:aws:sts::" + ACCOUNT_ID + ":assumed-role/";
    private static final String CLUSTERS_SESSION = "RedshiftIamRoleSession";
    private static final Pattern NAME = Pattern.compile("[\\w+=,.@-]{1,64}");
    private static final String KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int ACCESS_KEY_ID_LENGTH = 20;
    private static final int SECRET_BYTES = 30;
    private static final int SESSION_TOKEN_BYTES = 120;
    private static final int FORBIDDEN = 403;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Clock clock;
    private final Map<String, Role> rolesByName = new ConcurrentHashMap<>();
    private final Map<String, User> usersByName = new ConcurrentHashMap<>();
    private final Map<String, AccessKey> accessKeys = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> detachedRolesByCluster = new ConcurrentHashMap<>();
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
        roles.forEach(this::putRole);
        this.rootKey = new AccessKey(root.accessKeyId(), root.secretAccessKey(), null, null, new Principal(ROOT_ARN, root.accessKeyId()));
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
     * Makes a role, or replaces the one of that name.
     *
     * @throws CloudException ValidationError for a name that IAM does not take
     */
    public void putRole(final Role role) {
        requireName(role.name());
        rolesByName.put(role.name(), role);
    }

    /**
     * Makes a role that clusters and the account may assume, or replaces the one of that name.
     *
     * @param policy what it may do, in IAM's grammar
     * @return its ARN
     * @throws CloudException MalformedPolicyDocument or ValidationError
     */
    public String putRole(final String name, final String policy) {
        return putRole(name, policy, null);
    }

    /**
     * Makes a role, or replaces the one of that name.
     *
     * @param policy what it may do, in IAM's grammar
     * @param trust who may assume it, in IAM's grammar; null for clusters and the account
     * @return its ARN
     * @throws CloudException MalformedPolicyDocument or ValidationError
     */
    public String putRole(final String name, final String policy, final String trust) {
        final Role role = Role.of(name, policy, trust);
        putRole(role);
        return role.arn();
    }

    /**
     * Deletes a role; its sessions may do nothing any more.
     *
     * @throws CloudException NoSuchEntity
     */
    public void deleteRole(final String name) {
        if (rolesByName.remove(name) == null) {
            throw noSuch("role", name);
        }
    }

    /** The roles now, by name. */
    public SortedMap<String, Role> roles() {
        return new TreeMap<>(rolesByName);
    }

    /**
     * Makes a user, or replaces the policy of the one of that name, who keeps the access keys.
     *
     * @throws CloudException ValidationError for a name that IAM does not take
     */
    public void putUser(final User user) {
        requireName(user.name());
        usersByName.put(user.name(), user);
    }

    /**
     * Makes a user, or replaces the policy of the one of that name, who keeps the access keys.
     *
     * @param policy what the user may do, in IAM's grammar
     * @return the user's ARN
     * @throws CloudException MalformedPolicyDocument or ValidationError
     */
    public String putUser(final String name, final String policy) {
        final User user = User.of(name, policy);
        putUser(user);
        return user.arn();
    }

    /**
     * Deletes a user with all access keys.
     *
     * @throws CloudException NoSuchEntity
     */
    public void deleteUser(final String name) {
        final User user = usersByName.remove(name);
        if (user == null) {
            throw noSuch("user", name);
        }

        accessKeys.values().removeIf(key -> key.principal().arn().equals(user.arn()));
    }

    /** The users now, by name. */
    public SortedMap<String, User> users() {
        return new TreeMap<>(usersByName);
    }

    /**
     * Makes another access key for a user.
     *
     * @throws CloudException NoSuchEntity
     */
    public AccessKey createAccessKey(final String userName) {
        final User user = usersByName.get(userName);
        if (user == null) {
            throw noSuch("user", userName);
        }

        return newKey("AKIA", user.arn(), null);
    }

    /**
     * Deletes an access key, or a session's.
     *
     * @throws CloudException NoSuchEntity
     */
    public void deleteAccessKey(final String accessKeyId) {
        if (accessKeys.remove(accessKeyId) == null) {
            throw noSuch("access key", accessKeyId);
        }
    }

    /**
     * Takes a role from a cluster, which cannot assume it any more; every other role is attached to every cluster.
     *
     * @param cluster the cluster's name
     */
    public void detachRole(final String cluster, final String roleName) {
        detachedRolesByCluster.computeIfAbsent(cluster, key -> ConcurrentHashMap.newKeySet()).add(roleName);
    }

    /** Gives a role back to a cluster. */
    public void attachRole(final String cluster, final String roleName) {
        detachedRolesByCluster.getOrDefault(cluster, ConcurrentHashMap.newKeySet()).remove(roleName);
    }

    /** The account as one cluster sees it, with the roles that are attached to it. */
    public Identities forCluster(final String cluster) {
        return new Identities() {

            @Override
            public Principal assumeRoles(final List<String> roleArns) {
                return Iam.this.assumeRoles(roleArns, detachedRolesByCluster.getOrDefault(cluster, Set.of()));
            }

            @Override
            public Principal accessKey(final String accessKeyId, final String secretAccessKey, final String sessionToken) {
                return Iam.this.accessKey(accessKeyId, secretAccessKey, sessionToken);
            }
        };
    }

    /**
     * Hands out a key that expires, without asking whom the role trusts.
     *
     * @param roleArn whose permissions it has
     * @throws CloudException AccessDenied when there is no such role
     */
    public AccessKey startSession(final String roleArn, final String sessionName, final Duration lifetime) {
        return newKey("ASIA", session(role(roleArn), sessionName), clock.instant().plus(lifetime));
    }

    /**
     * Assumes a role, as STS does.
     *
     * @throws CloudException AccessDenied
     */
    AccessKey assumeRole(final Principal principal, final String roleArn, final String sessionName, final Duration lifetime) {
        if (isRoot(principal)) {
            throw new CloudException("AccessDenied", FORBIDDEN, "Roles may not be assumed by root accounts.");
        }

        final Role role = findRole(roleArn);
        requireTrust(principal, role, roleArn);
        return newKey("ASIA", session(role, sessionName), clock.instant().plus(lifetime));
    }

    /** A key that expires, for somebody who has one that does not. */
    AccessKey startSession(final Principal principal, final Duration lifetime) {
        return newKey("ASIA", principal.arn(), clock.instant().plus(lifetime));
    }

    /** Ends every session now: whoever asks with one next is told that its token has expired. */
    public void expireSessions() {
        final Instant now = clock.instant();
        accessKeys.replaceAll((id, key) -> key.expiration() != null && key.expiration().isAfter(now) ? key.until(now) : key);
    }

    /**
     * Ends one session at a set time.
     *
     * @throws CloudException NoSuchEntity when there is no such session
     */
    public void expireSession(final String accessKeyId, final Instant time) {
        if (accessKeys.computeIfPresent(accessKeyId, (id, key) -> key.expiration() == null ? key : key.until(time)) == null) {
            throw noSuch("access key", accessKeyId);
        }
    }

    @Override
    public Principal assumeRoles(final List<String> roleArns) {
        return assumeRoles(roleArns, Set.of());
    }

    private Principal assumeRoles(final List<String> roleArns, final Set<String> detached) {
        if (roleArns.isEmpty()) {
            throw new IllegalArgumentException("A chain of roles has at least one.");
        }

        final Role first = role(roleArns.getFirst());
        if (detached.contains(first.name()) || !first.trust().allowsService(REDSHIFT, ASSUME_ROLE)) {
            throw new CloudException("AccessDenied", FORBIDDEN, "Not authorized to assume IAM Role " + first.arn() + ": "
                    + (detached.contains(first.name()) ? "the role is not attached to the cluster" : "the role does not trust " + REDSHIFT));
        }

        Principal principal = new Principal(session(first, CLUSTERS_SESSION));
        for (final String roleArn : roleArns.subList(1, roleArns.size())) {
            final Role next = role(roleArn);
            requireTrust(principal, next, roleArn);
            principal = new Principal(session(next, CLUSTERS_SESSION));
        }

        return principal;
    }

    private void requireTrust(final Principal principal, final Role role, final String roleArn) {
        final Decision identity = decide(principal, ASSUME_ROLE, roleArn);
        final Decision decision = role == null ? Decision.NO_IDENTITY_POLICY : role.trust().decide(arnsOf(principal), ASSUME_ROLE, "*", identity);
        if (decision != Decision.ALLOWED) {
            throw new CloudException("AccessDenied", FORBIDDEN, "User: %s is not authorized to perform: %s on resource: %s".formatted(principal.arn(), ASSUME_ROLE, roleArn));
        }
    }

    @Override
    public Principal accessKey(final String accessKeyId, final String secretAccessKey, final String sessionToken) {
        final AccessKey key = existing(accessKeyId);
        if (!same(key.secretAccessKey(), secretAccessKey)) {
            throw new CloudException("SignatureDoesNotMatch", FORBIDDEN,
                    "The request signature we calculated does not match the signature you provided. Check your key and signing method.");
        }

        checkSession(key, sessionToken);
        return key.principal();
    }

    private AccessKey existing(final String accessKeyId) {
        return find(accessKeyId).orElseThrow(() -> new CloudException("InvalidAccessKeyId", FORBIDDEN, "The AWS Access Key Id you provided does not exist in our records."));
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

        checkExpiration(key);
    }

    private void checkExpiration(final AccessKey key) {
        if (key.expiration() != null && !clock.instant().isBefore(key.expiration())) {
            throw new CloudException("ExpiredToken", BAD_REQUEST, "The provided token has expired.");
        }
    }

    public boolean allows(final Principal principal, final String action, final String resource) {
        return decide(principal, action, resource) == Decision.ALLOWED;
    }

    /**
     * What the principal's own policy says.
     *
     * @throws CloudException InvalidAccessKeyId or ExpiredToken when the key that the principal asks with has ended meanwhile
     */
    public Decision decide(final Principal principal, final String action, final String resource) {
        if (principal.accessKeyId() != null) {
            checkExpiration(existing(principal.accessKeyId()));
        }

        Decision decision = Decision.NO_IDENTITY_POLICY;
        for (final Statement statement : statementsOf(principal)) {
            if (statement.covers(action, resource)) {
                if (statement.isDenial()) {
                    return Decision.DENIED_BY_IDENTITY_POLICY;
                }

                decision = Decision.ALLOWED;
            }
        }

        return decision;
    }

    /** What the principal's own policy and that of the resource say. */
    public Decision decide(final Principal principal, final String action, final String resource, final ResourcePolicy policy) {
        return policy.decide(arnsOf(principal), action, resource, decide(principal, action, resource));
    }

    /**
     * Checks a permission.
     *
     * @throws CloudException AccessDenied, in the words of S3 and STS; InvalidAccessKeyId or ExpiredToken when the key that the principal asks with has ended meanwhile
     */
    public void require(final Principal principal, final String action, final String resource) {
        final Decision decision = decide(principal, action, resource);
        if (decision != Decision.ALLOWED) {
            throw new CloudException("AccessDenied", FORBIDDEN, denial(principal, action, '"' + resource + '"', decision));
        }
    }

    /** What AWS says when it is not allowed. */
    public static String denial(final Principal principal, final String action, final String resource, final Decision decision) {
        return "User: %s is not authorized to perform: %s on resource: %s %s".formatted(principal.arn(), action, resource, decision.reason(action));
    }

    static boolean isRoot(final Principal principal) {
        return principal.arn().equals(ROOT_ARN);
    }

    static boolean isRoleSession(final Principal principal) {
        return principal.arn().startsWith(SESSIONS);
    }

    /** Null when there is no such role. */
    Role findRole(final String arn) {
        final String prefix = "arn:aws:iam::" + ACCOUNT_ID + ":role/";
        return arn.startsWith(prefix) ? rolesByName.get(arn.substring(prefix.length())) : null;
    }

    private Role role(final String arn) {
        final Role role = findRole(arn);
        if (role == null) {
            throw new CloudException("AccessDenied", FORBIDDEN, "Not authorized to assume IAM Role " + arn + ": the sandbox has "
                    + roles().values().stream().map(Role::arn).collect(Collectors.joining(", ")));
        }

        return role;
    }

    private static String session(final Role role, final String sessionName) {
        return SESSIONS + role.name() + "/" + sessionName;
    }

    /** A session goes by its own ARN and by that of its role. */
    private List<String> arnsOf(final Principal principal) {
        final Role role = roleOf(principal);
        return role == null ? List.of(principal.arn()) : List.of(principal.arn(), role.arn());
    }

    private Role roleOf(final Principal principal) {
        return isRoleSession(principal) ? rolesByName.get(principal.arn().substring(SESSIONS.length(), principal.arn().lastIndexOf('/'))) : null;
    }

    private List<Statement> statementsOf(final Principal principal) {
        if (isRoot(principal)) {
            return Role.ROOT;
        }

        if (isRoleSession(principal)) {
            return Optional.ofNullable(roleOf(principal)).map(Role::statements).orElse(List.of());
        }

        return usersByName.values().stream().filter(user -> user.arn().equals(principal.arn())).findFirst().map(User::statements).orElse(List.of());
    }

    private AccessKey newKey(final String prefix, final String arn, final Instant expiration) {
        final String identifier = accessKeyId(prefix);
        final String sessionToken = expiration == null ? null : secret(SESSION_TOKEN_BYTES);
        final AccessKey key = new AccessKey(identifier, secret(SECRET_BYTES), sessionToken, expiration, new Principal(arn, identifier));
        accessKeys.put(identifier, key);
        return key;
    }

    private static void requireName(final String name) {
        if (!NAME.matcher(name).matches()) {
            throw new CloudException("ValidationError", BAD_REQUEST, "The specified value for the name is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-");
        }
    }

    private static CloudException noSuch(final String what, final String name) {
        return new CloudException("NoSuchEntity", NOT_FOUND, "The " + what + " with name " + name + " cannot be found.");
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
