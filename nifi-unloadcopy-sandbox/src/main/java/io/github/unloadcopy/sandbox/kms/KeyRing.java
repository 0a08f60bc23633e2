package io.github.unloadcopy.sandbox.kms;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.iam.Decision;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.iam.ResourcePolicy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of the account in one Region, and their aliases.
 *
 * <p>Every refusal has the code that KMS's API has for it; S3 puts {@code KMS.} in front.
 */
public final class KeyRing {

    /** The key of original configurations, which is there from the start. */
    public static final String UTILITY_ALIAS = "alias/RedshiftUnloadCopyUtility";

    private static final String S3_ALIAS = "alias/aws/s3";
    private static final String ALGORITHM = "AES";
    private static final int KEY_BITS = 256;
    private static final int BAD_REQUEST = 400;

    private final Iam iam;
    private final String region;
    private final Clock clock;
    /** Null for a ring that is not kept. */
    private final KeyFile file;
    private final SortedMap<String, Key> keysById = new TreeMap<>();
    private final SortedMap<String, Alias> aliasesByName = new TreeMap<>();

    /** A ring with one key, {@value #UTILITY_ALIAS}, and none with AWS's own before somebody uses them. */
    public KeyRing(final Iam iam, final String region, final Clock clock) {
        this.iam = iam;
        this.region = region;
        this.clock = clock;
        this.file = null;
        makeFirstKey();
    }

    /**
     * A ring that is kept.
     *
     * @param path where it is, and will be after each change; a new one begins as the other does
     * @throws IOException when it cannot be read
     */
    public KeyRing(final Iam iam, final String region, final Clock clock, final Path path) throws IOException {
        this.iam = iam;
        this.region = region;
        this.clock = clock;
        this.file = new KeyFile(path);
        if (file.exists()) {
            file.keys().forEach(key -> keysById.put(key.id(), key));
            file.aliases().forEach(alias -> aliasesByName.put(alias.name(), alias));
        } else {
            makeFirstKey();
        }
    }

    private void makeFirstKey() {
        final Key key = newKey("Redshift Unload/Copy", Map.of(), KeyPolicies.DEFAULT, false);
        keysById.put(key.id(), key);
        aliasesByName.put(UTILITY_ALIAS, new Alias(UTILITY_ALIAS, arnOf(UTILITY_ALIAS), key.id(), clock.instant()));
        changed();
    }

    private void changed() {
        if (file != null) {
            file.write(keysById.values(), aliasesByName.values());
        }
    }

    /** Does something for which every key is enabled, as it was when what is kept under it came into being; before anybody else is served. */
    public synchronized void whileEnabled(final Runnable work) {
        final Map<String, Key> asTheyAre = Map.copyOf(keysById);
        keysById.replaceAll((id, key) -> key.withDeletionDate(null).withEnabled(true));
        try {
            work.run();
        } finally {
            keysById.putAll(asTheyAre);
        }
    }

    /**
     * Makes a data key for S3, on behalf of somebody who needs {@code kms:GenerateDataKey} on the key; S3's own key is for everybody who may use S3.
     *
     * @param reference key id, key ARN, alias name or alias ARN
     * @param context must be given again to open the data key
     * @throws CloudException NotFoundException, AccessDeniedException, DisabledException or KMSInvalidStateException
     */
    public DataKey newDataKey(final Principal principal, final String reference, final Map<String, String> context) {
        final Key key = requireUsable(principal, "kms:GenerateDataKey", find(reference));
        final SecretKey plain = newMaterial();
        return new DataKey(key.arn(), CiphertextBlob.seal(key, context, plain.getEncoded()).bytes(), plain);
    }

    /**
     * Opens a data key for S3, on behalf of somebody who needs {@code kms:Decrypt} on the key that it was made under.
     *
     * @throws CloudException NotFoundException, AccessDeniedException, DisabledException, KMSInvalidStateException or InvalidCiphertextException
     */
    public SecretKey openDataKey(final Principal principal, final byte[] sealed, final Map<String, String> context) {
        final CiphertextBlob blob = CiphertextBlob.parse(sealed).orElseThrow(KeyRing::invalidCiphertext);
        final Key key = requireUsable(principal, "kms:Decrypt", find(blob.keyId()));
        final byte[] plain = blob.open(key, context).orElseThrow(KeyRing::invalidCiphertext);
        final SecretKey opened = new SecretKeySpec(plain, ALGORITHM);
        Arrays.fill(plain, (byte) 0);
        return opened;
    }

    private Key requireUsable(final Principal principal, final String action, final Key key) {
        if (!key.managedByAws()) {
            require(principal, action, key);
        }

        return requireEnabled(key);
    }

    /** The alias of the key that S3 takes for SSE-KMS without a key id. */
    public synchronized String keyOfS3() {
        if (!aliasesByName.containsKey(S3_ALIAS)) {
            final Key key = newKey("Default key that protects my S3 objects when no other key is defined", Map.of(), KeyPolicies.OF_SERVICE, true);
            keysById.put(key.id(), key);
            aliasesByName.put(S3_ALIAS, new Alias(S3_ALIAS, arnOf(S3_ALIAS), key.id(), clock.instant()));
            changed();
        }

        return S3_ALIAS;
    }

    Key usable(final Principal principal, final String action, final String reference) {
        return requireEnabled(permitted(principal, action, reference));
    }

    private static Key requireEnabled(final Key key) {
        switch (key.state()) {
            case Enabled:
                return key;
            case Disabled:
                throw new CloudException("DisabledException", BAD_REQUEST, key.arn() + " is disabled.");
            default:
                throw pendingDeletion(key);
        }
    }

    /** The key, whatever its state. */
    Key permitted(final Principal principal, final String action, final String reference) {
        final Key key = find(reference);
        require(principal, action, key);
        return key;
    }

    private void require(final Principal principal, final String action, final Key key) {
        refuseUnless(iam.decide(principal, action, key.arn(), key.policy()), principal, action, key.arn());
    }

    /** Checks a permission for what has no policy of its own. */
    void require(final Principal principal, final String action, final String resource) {
        refuseUnless(iam.decide(principal, action, resource), principal, action, resource);
    }

    private static void refuseUnless(final Decision decision, final Principal principal, final String action, final String resource) {
        if (decision != Decision.ALLOWED) {
            throw new CloudException("AccessDeniedException", BAD_REQUEST, Iam.denial(principal, action, resource, decision));
        }
    }

    /**
     * Checks that somebody could change a key's policy again if it were this one.
     *
     * @param keyArn a pattern for a key that is not there yet
     * @throws CloudException MalformedPolicyDocumentException
     */
    void requireControl(final Principal principal, final String keyArn, final ResourcePolicy policy) {
        if (iam.decide(principal, "kms:PutKeyPolicy", keyArn, policy) != Decision.ALLOWED) {
            throw new CloudException("MalformedPolicyDocumentException", BAD_REQUEST, "The new key policy will not allow you to update the key policy in the future.");
        }
    }

    synchronized Key find(final String reference) {
        deleteWhatIsDue();
        final String name = localName(reference);
        if (name.startsWith("alias/")) {
            if (name.equals(S3_ALIAS)) {
                keyOfS3();
            }

            final Alias alias = aliasesByName.get(name);
            if (alias == null) {
                throw notFound("Alias " + arnOf(name) + " is not found.");
            }

            return keysById.get(alias.keyId());
        }

        final Key key = keysById.get(name);
        if (key == null) {
            throw notFound("Key '" + arnOf("key/" + name) + "' does not exist");
        }

        return key;
    }

    private void deleteWhatIsDue() {
        keysById.values().removeIf(key -> key.deletionDate() != null && !clock.instant().isBefore(key.deletionDate()));
        aliasesByName.values().removeIf(alias -> !keysById.containsKey(alias.keyId()));
    }

    synchronized Key create(final String description, final Map<String, String> tags, final ResourcePolicy policy) {
        final Key key = newKey(description, tags, policy, false);
        keysById.put(key.id(), key);
        changed();
        return key;
    }

    synchronized Key update(final Key key, final UnaryOperator<Key> change) {
        final Key updated = keysById.computeIfPresent(key.id(), (id, current) -> change.apply(current));
        changed();
        return updated;
    }

    synchronized List<Key> keys() {
        return List.copyOf(keysById.values());
    }

    synchronized List<Alias> aliases() {
        return List.copyOf(aliasesByName.values());
    }

    synchronized void createAlias(final String name, final Key target) {
        if (aliasesByName.containsKey(name)) {
            throw new CloudException("AlreadyExistsException", BAD_REQUEST, "An alias with the name " + arnOf(name) + " already exists");
        }

        aliasesByName.put(name, new Alias(name, arnOf(name), target.id(), clock.instant()));
        changed();
    }

    synchronized void moveAlias(final String name, final Key target) {
        final Alias alias = alias(name);
        aliasesByName.put(name, new Alias(name, alias.arn(), target.id(), alias.creationDate()));
        changed();
    }

    synchronized void deleteAlias(final String name) {
        aliasesByName.remove(alias(name).name());
        changed();
    }

    synchronized Alias alias(final String name) {
        final Alias alias = aliasesByName.get(name);
        if (alias == null) {
            throw notFound("Alias " + arnOf(name) + " is not found.");
        }

        return alias;
    }

    String arnOf(final String resource) {
        return "arn:aws:kms:" + region + ":" + Iam.ACCOUNT_ID + ":" + resource;
    }

    static CloudException pendingDeletion(final Key key) {
        return new CloudException("KMSInvalidStateException", BAD_REQUEST, key.arn() + " is pending deletion.");
    }

    private String localName(final String reference) {
        if (!reference.startsWith("arn:")) {
            return reference;
        }

        final String[] parts = reference.split(":", 6);
        if (parts.length < 6 || !parts[2].equals("kms")) {
            throw notFound("Invalid arn " + reference);
        }

        if (!parts[3].equals(region)) {
            throw notFound("Invalid arn " + parts[3]);
        }

        if (!parts[4].equals(Iam.ACCOUNT_ID)) {
            throw notFound("Key '" + reference + "' does not exist");
        }

        return parts[5].startsWith("key/") ? parts[5].substring("key/".length()) : parts[5];
    }

    private Key newKey(final String description, final Map<String, String> tags, final ResourcePolicy policy, final boolean managedByAws) {
        final String id = UUID.randomUUID().toString();
        return new Key(id, arnOf("key/" + id), description, clock.instant(), managedByAws, tags, policy, true, null, null, newMaterial());
    }

    private static SecretKey newMaterial() {
        try {
            final KeyGenerator generator = KeyGenerator.getInstance(ALGORITHM);
            generator.init(KEY_BITS);
            return generator.generateKey();
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has AES", e);
        }
    }

    /** KMS says nothing more of a ciphertext that it cannot open. */
    static CloudException invalidCiphertext() {
        return new CloudException("InvalidCiphertextException", BAD_REQUEST, null);
    }

    private static CloudException notFound(final String message) {
        return new CloudException("NotFoundException", BAD_REQUEST, message);
    }

    /**
     * A key for one object.
     *
     * @param keyArn the KMS key that it was made under
     * @param sealed what is stored with the object
     * @param plain what encrypts the object, never stored
     */
    public record DataKey(String keyArn, byte[] sealed, SecretKey plain) {

        /** Names the KMS key only. */
        @Override
        public String toString() {
            return "DataKey[" + keyArn + "]";
        }
    }
}
