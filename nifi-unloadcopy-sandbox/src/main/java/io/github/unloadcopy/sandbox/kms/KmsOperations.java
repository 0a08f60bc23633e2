package io.github.unloadcopy.sandbox.kms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.iam.ResourcePolicy;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The operations of the KMS API ("Actions", AWS Key Management Service API Reference) that unloading and copying need, and those that prepare their keys.
 */
final class KmsOperations {

    private static final String KEY_ID = "KeyId";
    private static final String CIPHERTEXT = "CiphertextBlob";
    private static final String PLAINTEXT = "Plaintext";
    private static final String ALIAS_NAME = "AliasName";
    private static final String TARGET = "TargetKeyId";
    private static final String CONTEXT = "EncryptionContext";
    private static final String ALGORITHM = "EncryptionAlgorithm";
    private static final String SYMMETRIC = "SYMMETRIC_DEFAULT";
    private static final String KEY_SPEC = "KeySpec";
    private static final String NUMBER_OF_BYTES = "NumberOfBytes";
    private static final String LIMIT = "Limit";
    private static final String MARKER = "Marker";
    private static final String DESCRIPTION = "Description";
    private static final String POLICY = "Policy";
    private static final String POLICY_NAME = "PolicyName";
    private static final String DEFAULT_POLICY = "default";
    private static final String BYPASS = "BypassPolicyLockoutSafetyCheck";
    private static final String ROTATION_PERIOD = "RotationPeriodInDays";
    private static final String WINDOW = "PendingWindowInDays";
    private static final Pattern ALIAS = Pattern.compile("alias/[a-zA-Z0-9/_-]{1,250}");
    private static final int MOST_PLAINTEXT = 4_096;
    private static final int MOST_CIPHERTEXT = 6_144;
    private static final int MOST_DATA_KEY = 1_024;
    private static final int SHORTEST_WINDOW = 7;
    private static final int LONGEST_WINDOW = 30;
    private static final int SHORTEST_ROTATION = 90;
    private static final int LONGEST_ROTATION = 2_560;
    private static final int DEFAULT_ROTATION = 365;
    private static final int BAD_REQUEST = 400;

    private final KeyRing ring;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Operation> operations;

    KmsOperations(final KeyRing ring, final Clock clock) {
        this.ring = ring;
        this.clock = clock;
        this.operations = Map.ofEntries(
                operation("CreateKey", this::createKey, DESCRIPTION, "KeyUsage", KEY_SPEC, "CustomerMasterKeySpec", "Origin", "MultiRegion", BYPASS, POLICY, "Tags"),
                operation("DescribeKey", this::describeKey, KEY_ID, "GrantTokens"),
                operation("ListKeys", this::listKeys, LIMIT, MARKER),
                operation("ListResourceTags", this::listResourceTags, KEY_ID, LIMIT, MARKER),
                operation("TagResource", this::tagResource, KEY_ID, "Tags"),
                operation("UntagResource", this::untagResource, KEY_ID, "TagKeys"),
                operation("UpdateKeyDescription", this::updateKeyDescription, KEY_ID, DESCRIPTION),
                operation("GetKeyPolicy", this::getKeyPolicy, KEY_ID, POLICY_NAME),
                operation("PutKeyPolicy", this::putKeyPolicy, KEY_ID, POLICY_NAME, POLICY, BYPASS),
                operation("ListKeyPolicies", this::listKeyPolicies, KEY_ID, LIMIT, MARKER),
                operation("EnableKey", this::enableKey, KEY_ID),
                operation("DisableKey", this::disableKey, KEY_ID),
                operation("EnableKeyRotation", this::enableKeyRotation, KEY_ID, ROTATION_PERIOD),
                operation("DisableKeyRotation", this::disableKeyRotation, KEY_ID),
                operation("GetKeyRotationStatus", this::getKeyRotationStatus, KEY_ID),
                operation("ScheduleKeyDeletion", this::scheduleKeyDeletion, KEY_ID, WINDOW),
                operation("CancelKeyDeletion", this::cancelKeyDeletion, KEY_ID),
                operation("CreateAlias", this::createAlias, ALIAS_NAME, TARGET),
                operation("UpdateAlias", this::updateAlias, ALIAS_NAME, TARGET),
                operation("DeleteAlias", this::deleteAlias, ALIAS_NAME),
                operation("ListAliases", this::listAliases, KEY_ID, LIMIT, MARKER),
                operation("Encrypt", this::encrypt, KEY_ID, PLAINTEXT, CONTEXT, "GrantTokens", ALGORITHM),
                operation("Decrypt", this::decrypt, KEY_ID, CIPHERTEXT, CONTEXT, "GrantTokens", ALGORITHM),
                operation("GenerateDataKey", this::generateDataKey, KEY_ID, KEY_SPEC, NUMBER_OF_BYTES, CONTEXT, "GrantTokens"),
                operation("GenerateDataKeyWithoutPlaintext", this::generateDataKeyWithoutPlaintext, KEY_ID, KEY_SPEC, NUMBER_OF_BYTES, CONTEXT, "GrantTokens"),
                operation("ReEncrypt", this::reEncrypt, CIPHERTEXT, "SourceKeyId", "SourceEncryptionContext", "SourceEncryptionAlgorithm",
                        "DestinationKeyId", "DestinationEncryptionContext", "DestinationEncryptionAlgorithm", "GrantTokens"));
    }

    /**
     * Does what was asked.
     *
     * @return the answer; empty for operations that answer nothing
     * @throws CloudException in KMS's words
     */
    ObjectNode perform(final Principal principal, final String name, final ObjectNode parameters) {
        final Operation operation = operations.get(name);
        if (operation == null) {
            throw new CloudException("UnknownOperationException", BAD_REQUEST, "The sandbox has no " + name + ": it has " + String.join(", ", operations.keySet().stream().sorted().toList()) + ".");
        }

        return operation.action().apply(new Request(principal, name, new Parameters(parameters, operation.parameters())));
    }

    private ObjectNode createKey(final Request request) {
        request.parameters().only("KeyUsage", "ENCRYPT_DECRYPT");
        request.parameters().only(KEY_SPEC, SYMMETRIC);
        request.parameters().only("CustomerMasterKeySpec", SYMMETRIC);
        request.parameters().only("Origin", "AWS_KMS");
        request.parameters().only("MultiRegion", "false");
        ring.require(request.principal(), request.action(), "*");
        final ResourcePolicy policy = request.parameters().has(POLICY) ? policy(request, ring.arnOf("key/*")) : KeyPolicies.DEFAULT;
        return object().set("KeyMetadata", metadata(ring.create(request.parameters().text(DESCRIPTION, ""), request.parameters().tags(), policy)));
    }

    private ResourcePolicy policy(final Request request, final String keyArn) {
        final ResourcePolicy policy = KeyPolicies.read(request.parameters().text(POLICY));
        if (!request.parameters().isTrue(BYPASS)) {
            ring.requireControl(request.principal(), keyArn, policy);
        }

        return policy;
    }

    private ObjectNode describeKey(final Request request) {
        return object().set("KeyMetadata", metadata(permitted(request)));
    }

    private ObjectNode listKeys(final Request request) {
        ring.require(request.principal(), request.action(), "*");
        return page(request, "Keys", 1_000, 100, ring.keys(), Key::id, key -> object().put(KEY_ID, key.id()).put("KeyArn", key.arn()));
    }

    private ObjectNode listResourceTags(final Request request) {
        final List<Map.Entry<String, String>> tags = permitted(request).tags().entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
        return page(request, "Tags", 50, 50, tags, Map.Entry::getKey, tag -> object().put("TagKey", tag.getKey()).put("TagValue", tag.getValue()));
    }

    private ObjectNode tagResource(final Request request) {
        return change(request, key -> {
            final Map<String, String> tags = new TreeMap<>(key.tags());
            tags.putAll(request.parameters().tags());
            return key.withTags(tags);
        });
    }

    private ObjectNode untagResource(final Request request) {
        return change(request, key -> {
            final Map<String, String> tags = new TreeMap<>(key.tags());
            request.parameters().texts("TagKeys").forEach(tags::remove);
            return key.withTags(tags);
        });
    }

    private ObjectNode updateKeyDescription(final Request request) {
        return change(request, key -> key.withDescription(request.parameters().text(DESCRIPTION, "")));
    }

    private ObjectNode getKeyPolicy(final Request request) {
        final Key key = permitted(request);
        requirePolicyName(request);
        return object().put(POLICY, key.policy().json()).put(POLICY_NAME, DEFAULT_POLICY);
    }

    private ObjectNode putKeyPolicy(final Request request) {
        final Key key = permitted(request);
        requirePolicyName(request);
        refusePendingDeletion(key);
        final ResourcePolicy policy = policy(request, key.arn());
        ring.update(key, current -> current.withPolicy(policy));
        return object();
    }

    private ObjectNode listKeyPolicies(final Request request) {
        permitted(request);
        return page(request, "PolicyNames", 1_000, 100, List.of(DEFAULT_POLICY), Function.identity(), TextNode::valueOf);
    }

    private static void requirePolicyName(final Request request) {
        if (!request.parameters().text(POLICY_NAME, DEFAULT_POLICY).equals(DEFAULT_POLICY)) {
            throw new CloudException("NotFoundException", BAD_REQUEST, "No such policy exists");
        }
    }

    private ObjectNode enableKey(final Request request) {
        return change(request, key -> key.withEnabled(true));
    }

    private ObjectNode disableKey(final Request request) {
        return change(request, key -> key.withEnabled(false));
    }

    private ObjectNode enableKeyRotation(final Request request) {
        final int days = request.parameters().number(ROTATION_PERIOD, SHORTEST_ROTATION, LONGEST_ROTATION, DEFAULT_ROTATION);
        return changeUsable(request, key -> key.withRotation(new Key.Rotation(days, clock.instant())));
    }

    private ObjectNode disableKeyRotation(final Request request) {
        return changeUsable(request, key -> key.withRotation(null));
    }

    private ObjectNode getKeyRotationStatus(final Request request) {
        final Key key = permitted(request);
        final boolean rotated = key.rotation() != null && key.state() != KeyState.PendingDeletion;
        final ObjectNode answer = object().put(KEY_ID, key.id()).put("KeyRotationEnabled", rotated);
        if (rotated) {
            answer.put(ROTATION_PERIOD, key.rotation().days()).put("NextRotationDate", epochSeconds(key.rotation().since().plus(Duration.ofDays(key.rotation().days()))));
        }

        return answer;
    }

    private ObjectNode scheduleKeyDeletion(final Request request) {
        final int window = request.parameters().number(WINDOW, SHORTEST_WINDOW, LONGEST_WINDOW, LONGEST_WINDOW);
        final Key key = permitted(request);
        refusePendingDeletion(key);
        final Key scheduled = ring.update(key, current -> current.withDeletionDate(clock.instant().plus(Duration.ofDays(window))));
        return object()
                .put(KEY_ID, scheduled.arn())
                .put("DeletionDate", epochSeconds(scheduled.deletionDate()))
                .put("KeyState", scheduled.state().name())
                .put(WINDOW, window);
    }

    private ObjectNode cancelKeyDeletion(final Request request) {
        final Key key = permitted(request);
        if (key.state() != KeyState.PendingDeletion) {
            throw new CloudException("KMSInvalidStateException", BAD_REQUEST, key.arn() + " is not pending deletion.");
        }

        return object().put(KEY_ID, ring.update(key, current -> current.withDeletionDate(null)).arn());
    }

    private ObjectNode createAlias(final Request request) {
        final String name = aliasName(request);
        final Key target = ring.permitted(request.principal(), request.action(), targetKey(request));
        ring.require(request.principal(), request.action(), ring.arnOf(name));
        refusePendingDeletion(target);
        ring.createAlias(name, target);
        return object();
    }

    private ObjectNode updateAlias(final Request request) {
        final String name = aliasName(request);
        final Key target = ring.permitted(request.principal(), request.action(), targetKey(request));
        ring.require(request.principal(), request.action(), ring.arnOf(name));
        refusePendingDeletion(target);
        ring.moveAlias(name, target);
        return object();
    }

    private ObjectNode deleteAlias(final Request request) {
        final String name = aliasName(request);
        ring.require(request.principal(), request.action(), ring.arnOf(name));
        ring.deleteAlias(name);
        return object();
    }

    private ObjectNode listAliases(final Request request) {
        ring.require(request.principal(), request.action(), "*");
        final String onlyKey = request.parameters().has(KEY_ID) ? ring.find(request.parameters().text(KEY_ID)).id() : null;
        final List<Alias> aliases = ring.aliases().stream().filter(alias -> onlyKey == null || alias.keyId().equals(onlyKey)).toList();
        return page(request, "Aliases", 100, 50, aliases, Alias::name, alias -> object()
                .put(ALIAS_NAME, alias.name())
                .put("AliasArn", alias.arn())
                .put(TARGET, alias.keyId())
                .put("CreationDate", epochSeconds(alias.creationDate()))
                .put("LastUpdatedDate", epochSeconds(alias.creationDate())));
    }

    private ObjectNode encrypt(final Request request) {
        request.parameters().only(ALGORITHM, SYMMETRIC);
        final byte[] plaintext = request.parameters().bytes(PLAINTEXT, MOST_PLAINTEXT);
        final Key key = ring.usable(request.principal(), request.action(), request.parameters().text(KEY_ID));
        return object()
                .put(CIPHERTEXT, CiphertextBlob.seal(key, request.parameters().encryptionContext(CONTEXT), plaintext).bytes())
                .put(KEY_ID, key.arn())
                .put(ALGORITHM, SYMMETRIC);
    }

    private ObjectNode decrypt(final Request request) {
        request.parameters().only(ALGORITHM, SYMMETRIC);
        final CiphertextBlob blob = ciphertext(request, KEY_ID);
        final Key key = ring.usable(request.principal(), request.action(), blob.keyId());
        final byte[] plaintext = blob.open(key, request.parameters().encryptionContext(CONTEXT)).orElseThrow(KeyRing::invalidCiphertext);
        return object().put(KEY_ID, key.arn()).put(PLAINTEXT, plaintext).put(ALGORITHM, SYMMETRIC);
    }

    private ObjectNode reEncrypt(final Request request) {
        request.parameters().only("SourceEncryptionAlgorithm", SYMMETRIC);
        request.parameters().only("DestinationEncryptionAlgorithm", SYMMETRIC);
        final CiphertextBlob blob = ciphertext(request, "SourceKeyId");
        final Key source = ring.usable(request.principal(), "kms:ReEncryptFrom", blob.keyId());
        final Key destination = ring.usable(request.principal(), "kms:ReEncryptTo", request.parameters().text("DestinationKeyId"));
        final byte[] plaintext = blob.open(source, request.parameters().encryptionContext("SourceEncryptionContext")).orElseThrow(KeyRing::invalidCiphertext);
        final CiphertextBlob result = CiphertextBlob.seal(destination, request.parameters().encryptionContext("DestinationEncryptionContext"), plaintext);
        Arrays.fill(plaintext, (byte) 0);
        return object()
                .put(CIPHERTEXT, result.bytes())
                .put("SourceKeyId", source.arn())
                .put(KEY_ID, destination.arn())
                .put("SourceEncryptionAlgorithm", SYMMETRIC)
                .put("DestinationEncryptionAlgorithm", SYMMETRIC);
    }

    private CiphertextBlob ciphertext(final Request request, final String keyParameter) {
        final CiphertextBlob blob = CiphertextBlob.parse(request.parameters().bytes(CIPHERTEXT, MOST_CIPHERTEXT)).orElseThrow(KeyRing::invalidCiphertext);
        final String named = request.parameters().has(keyParameter) ? ring.find(request.parameters().text(keyParameter)).id() : blob.keyId();
        if (!named.equals(blob.keyId())) {
            throw new CloudException("IncorrectKeyException", BAD_REQUEST, "The key ID in the request does not identify a CMK that can perform this operation.");
        }

        return blob;
    }

    private ObjectNode generateDataKey(final Request request) {
        final byte[] dataKey = new byte[dataKeyLength(request)];
        random.nextBytes(dataKey);
        final Key key = ring.usable(request.principal(), request.action(), request.parameters().text(KEY_ID));
        final ObjectNode answer = object()
                .put(CIPHERTEXT, CiphertextBlob.seal(key, request.parameters().encryptionContext(CONTEXT), dataKey).bytes())
                .put(PLAINTEXT, Arrays.copyOf(dataKey, dataKey.length))
                .put(KEY_ID, key.arn());
        Arrays.fill(dataKey, (byte) 0);
        return answer;
    }

    private ObjectNode generateDataKeyWithoutPlaintext(final Request request) {
        final ObjectNode answer = generateDataKey(request);
        answer.remove(PLAINTEXT);
        return answer;
    }

    private ObjectNode change(final Request request, final Function<Key, Key> change) {
        final Key key = permitted(request);
        refusePendingDeletion(key);
        ring.update(key, change::apply);
        return object();
    }

    private ObjectNode changeUsable(final Request request, final Function<Key, Key> change) {
        ring.update(ring.usable(request.principal(), request.action(), keyId(request)), change::apply);
        return object();
    }

    private Key permitted(final Request request) {
        return ring.permitted(request.principal(), request.action(), request.name().equals("DescribeKey") ? request.parameters().text(KEY_ID) : keyId(request));
    }

    /** Operations that manage a key take its id or ARN, and no alias. */
    private static String keyId(final Request request) {
        return refuseAlias(request.parameters().text(KEY_ID));
    }

    private static String targetKey(final Request request) {
        return refuseAlias(request.parameters().text(TARGET));
    }

    private static String refuseAlias(final String reference) {
        if (reference.startsWith("alias/") || reference.contains(":alias/")) {
            throw new CloudException("NotFoundException", BAD_REQUEST, "Invalid keyId " + reference + ": this operation takes a key id or a key ARN, no alias.");
        }

        return reference;
    }

    private static String aliasName(final Request request) {
        final String name = request.parameters().text(ALIAS_NAME);
        if (!ALIAS.matcher(name).matches()) {
            throw new CloudException("InvalidAliasNameException", BAD_REQUEST, "Alias must start with the prefix \"alias/\" and hold only letters, digits, '/', '_' and '-'.");
        }

        if (name.startsWith("alias/aws/")) {
            throw new CloudException("NotAuthorizedException", BAD_REQUEST, "The prefix alias/aws/ is reserved for AWS.");
        }

        return name;
    }

    private static int dataKeyLength(final Request request) {
        final Parameters parameters = request.parameters();
        if (parameters.has(KEY_SPEC) == parameters.has(NUMBER_OF_BYTES)) {
            throw Parameters.invalid("Please specify either number of bytes or key spec.");
        }

        if (parameters.has(NUMBER_OF_BYTES)) {
            return parameters.number(NUMBER_OF_BYTES, 1, MOST_DATA_KEY, 1);
        }

        return switch (parameters.text(KEY_SPEC)) {
            case "AES_256" -> 32;
            case "AES_128" -> 16;
            default -> throw Parameters.invalid("1 validation error detected: Value at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [AES_256, AES_128]");
        };
    }

    private static void refusePendingDeletion(final Key key) {
        if (key.state() == KeyState.PendingDeletion) {
            throw KeyRing.pendingDeletion(key);
        }
    }

    private static <T> ObjectNode page(final Request request, final String field, final int most, final int otherwise, final List<T> items,
            final Function<T, String> name, final Function<T, JsonNode> description) {
        final int limit = request.parameters().number(LIMIT, 1, most, otherwise);
        final String marker = request.parameters().text(MARKER, "");
        final List<T> remaining = items.stream().filter(item -> name.apply(item).compareTo(marker) > 0).toList();
        final List<T> shown = remaining.subList(0, Math.min(limit, remaining.size()));
        final ArrayNode array = JsonNodeFactory.instance.arrayNode();
        shown.stream().map(description).forEach(array::add);
        final ObjectNode answer = object();
        answer.set(field, array);
        final boolean truncated = shown.size() < remaining.size();
        answer.put("Truncated", truncated);
        if (truncated) {
            answer.put("NextMarker", name.apply(shown.getLast()));
        }

        return answer;
    }

    private static ObjectNode metadata(final Key key) {
        final ObjectNode metadata = object()
                .put("AWSAccountId", Iam.ACCOUNT_ID)
                .put(KEY_ID, key.id())
                .put("Arn", key.arn())
                .put("CreationDate", epochSeconds(key.creationDate()))
                .put("Enabled", key.state() == KeyState.Enabled)
                .put("Description", key.description())
                .put("KeyUsage", "ENCRYPT_DECRYPT")
                .put("KeyState", key.state().name())
                .put("Origin", "AWS_KMS")
                .put("KeyManager", key.managedByAws() ? "AWS" : "CUSTOMER")
                .put("CustomerMasterKeySpec", SYMMETRIC)
                .put(KEY_SPEC, SYMMETRIC)
                .put("MultiRegion", false);
        metadata.putArray("EncryptionAlgorithms").add(SYMMETRIC);
        if (key.deletionDate() != null) {
            metadata.put("DeletionDate", epochSeconds(key.deletionDate()));
        }

        return metadata;
    }

    private static double epochSeconds(final Instant instant) {
        return instant.toEpochMilli() / 1_000.0;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static Map.Entry<String, Operation> operation(final String name, final Function<Request, ObjectNode> action, final String... parameters) {
        return Map.entry(name, new Operation(action, List.of(parameters)));
    }

    private record Operation(Function<Request, ObjectNode> action, List<String> parameters) {
    }

    private record Request(Principal principal, String name, Parameters parameters) {

        String action() {
            return "kms:" + name;
        }
    }
}
