package io.github.unloadcopy.sandbox.s3.awssdk;

import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A bucket: its objects with their versions, and the uploads in parts that have begun ("How S3 Versioning works", Amazon S3 User Guide).
 */
final class Bucket {

    private static final int VERSION_ID_BYTES = 24;

    /** Keys in the order of their UTF-8 bytes, which is that of their code points, and not that of their characters in Java. */
    private static final Comparator<String> KEY_ORDER = Bucket::compareKeys;

    private final String name;
    private final Clock clock;
    private final Instant created;
    private final SecureRandom random = new SecureRandom();
    private final NavigableMap<String, Deque<StoredVersion>> versionsByKey = new TreeMap<>(KEY_ORDER);
    private final SortedMap<String, Upload> uploads = new TreeMap<>();
    private volatile String region;
    private BucketVersioningStatus versioning;
    private ServerSideEncryptionRule encryption = standardEncryption();
    private Instant lastModified = Instant.MIN;

    Bucket(final String name, final String region, final Clock clock) {
        this.name = name;
        this.region = region;
        this.clock = clock;
        this.created = clock.instant();
    }

    String name() {
        return name;
    }

    Instant created() {
        return created;
    }

    String region() {
        return region;
    }

    void moveTo(final String place) {
        region = place;
    }

    /** Null for a bucket that never kept versions. */
    synchronized BucketVersioningStatus versioning() {
        return versioning;
    }

    synchronized void setVersioning(final BucketVersioningStatus status) {
        versioning = status;
    }

    synchronized ServerSideEncryptionRule encryption() {
        return encryption;
    }

    /**
     * @param rule null for that of a new bucket
     */
    synchronized void setEncryption(final ServerSideEncryptionRule rule) {
        encryption = rule == null ? standardEncryption() : rule;
    }

    private static ServerSideEncryptionRule standardEncryption() {
        return ServerSideEncryptionRule.builder()
                .applyServerSideEncryptionByDefault(ServerSideEncryptionByDefault.builder().sseAlgorithm(Sealing.OF_S3.algorithm()).build())
                .bucketKeyEnabled(false)
                .build();
    }

    /** Whether nothing is in it, no version and no delete marker either. */
    synchronized boolean isEmpty() {
        return versionsByKey.isEmpty();
    }

    /** The newest version, unless it is a delete marker. */
    synchronized Optional<StoredVersion> current(final String key) {
        return newest(key).filter(version -> !version.isDeleteMarker());
    }

    /** The newest version, or the delete marker that is in its place. */
    synchronized Optional<StoredVersion> newest(final String key) {
        return Optional.ofNullable(versionsByKey.get(key)).map(Deque::getFirst);
    }

    synchronized Optional<StoredVersion> version(final String key, final String versionId) {
        return versionsByKey.getOrDefault(key, new ArrayDeque<>()).stream().filter(version -> version.versionId().equals(versionId)).findFirst();
    }

    /**
     * Stores an object if it still may be stored.
     *
     * @throws software.amazon.awssdk.services.s3.model.S3Exception NoSuchKey or PreconditionFailed
     */
    synchronized StoredVersion put(final String key, final Body body, final Headers headers, final WriteCondition condition) {
        condition.check(name, key, current(key));
        return push(key, body, headers);
    }

    /** Deletes as a request without a version does: puts a delete marker on top where the bucket keeps versions or did. */
    synchronized Optional<StoredVersion> delete(final String key, final WriteCondition condition) {
        condition.check(name, key, current(key));
        if (versioning != null) {
            return Optional.of(push(key, null, null));
        }

        versionsByKey.remove(key);
        return Optional.empty();
    }

    /** Deletes one version for good. */
    synchronized Optional<StoredVersion> deleteVersion(final String key, final String versionId) {
        final Optional<StoredVersion> deleted = version(key, versionId);
        deleted.ifPresent(version -> remove(key, version));
        return deleted;
    }

    private StoredVersion push(final String key, final Body body, final Headers headers) {
        final boolean keeps = versioning == BucketVersioningStatus.ENABLED;
        if (!keeps) {
            version(key, StoredVersion.NULL_ID).ifPresent(version -> remove(key, version));
        }

        final StoredVersion version = new StoredVersion(key, keeps ? newId() : StoredVersion.NULL_ID, now(), body, headers);
        versionsByKey.computeIfAbsent(key, absent -> new ArrayDeque<>(1)).addFirst(version);
        return version;
    }

    private void remove(final String key, final StoredVersion version) {
        final Deque<StoredVersion> versions = versionsByKey.get(key);
        versions.remove(version);
        if (versions.isEmpty()) {
            versionsByKey.remove(key);
        }
    }

    synchronized Page<StoredVersion> list(final Listing listing) {
        return listing.page(versionsByKey, versions -> versions.getFirst().isDeleteMarker() ? List.of() : List.of(versions.getFirst()), null);
    }

    /**
     * @param after a version of the key that the listing goes on after: the page begins with the next one
     */
    synchronized Page<StoredVersion> listVersions(final Listing listing, final String after) {
        return listing.page(versionsByKey, List::copyOf, after);
    }

    synchronized void begin(final Upload upload) {
        uploads.put(upload.id(), upload);
    }

    /** Null when there is no such upload of that key. */
    synchronized Upload upload(final String key, final String uploadId) {
        final Upload upload = uploads.get(uploadId);
        return upload == null || !upload.key().equals(key) ? null : upload;
    }

    synchronized Collection<Upload> uploads() {
        return new ArrayList<>(uploads.values());
    }

    synchronized void end(final Upload upload) {
        uploads.remove(upload.id());
    }

    /** Stores what an upload has become, once. */
    synchronized StoredVersion complete(final Upload upload, final Body body, final WriteCondition condition) {
        final StoredVersion version = put(upload.key(), body, upload.headers(), condition);
        end(upload);
        return version;
    }

    String newId() {
        final byte[] bytes = new byte[VERSION_ID_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    Instant time() {
        return clock.instant();
    }

    /** No two versions are of the same moment, so that their times tell their order. */
    private Instant now() {
        final Instant now = clock.instant();
        lastModified = now.isAfter(lastModified) ? now : lastModified.plusNanos(1);
        return lastModified;
    }

    static int compareKeys(final String left, final String right) {
        int index = 0;
        while (index < left.length() && index < right.length()) {
            final int one = left.codePointAt(index);
            final int other = right.codePointAt(index);
            if (one != other) {
                return Integer.compare(one, other);
            }

            index += Character.charCount(one);
        }

        return Integer.compare(left.length(), right.length());
    }
}
