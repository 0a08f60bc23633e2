package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.Cloud;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Assertions;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Keys are any text, and a slash in them means nothing: against a map that orders them by their UTF-8 bytes.
 */
class S3KeysTest {

    private static Cloud cloud;
    private static S3Client client;

    @BeforeContainer
    static void start() throws IOException {
        cloud = new Cloud();
        client = cloud.s3Client();
    }

    @AfterContainer
    static void stop() {
        client.close();
        cloud.close();
    }

    @Property(tries = 30)
    void keysAreKeptAsTheyAre(@ForAll("keySets") final Set<String> keys, @ForAll("keys") final String prefix, @ForAll("delimiters") final String delimiter, @ForAll("pageSizes") final int pageSize) {
        final String bucket = "keys-" + UUID.randomUUID();
        client.createBucket(request -> request.bucket(bucket));
        final SortedMap<String, String> model = new TreeMap<>((left, right) -> Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8)));
        for (final String key : keys) {
            model.put(key, "content of " + key);
            client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString(model.get(key)));
        }

        Assertions.assertEquals(List.copyOf(model.keySet()), client.listObjectsV2Paginator(request -> request.bucket(bucket).maxKeys(pageSize)).contents().stream().map(S3Object::key).toList());
        for (final String key : keys) {
            Assertions.assertEquals(model.get(key), client.getObjectAsBytes(request -> request.bucket(bucket).key(key)).asUtf8String());
        }

        checkRolledUp(bucket, model, prefix, delimiter, pageSize);
        checkDeletion(bucket, model);
    }

    private static void checkRolledUp(final String bucket, final SortedMap<String, String> model, final String prefix, final String delimiter, final int pageSize) {
        final List<String> plain = new ArrayList<>();
        final Set<String> rolledUp = new TreeSet<>();
        for (final String key : model.keySet()) {
            final int index = key.startsWith(prefix) ? key.indexOf(delimiter, prefix.length()) : -1;
            if (index >= 0) {
                rolledUp.add(key.substring(0, index + delimiter.length()));
            } else if (key.startsWith(prefix)) {
                plain.add(key);
            }
        }

        final List<ListObjectsV2Response> pages = client.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix).delimiter(delimiter).maxKeys(pageSize)).stream().toList();
        Assertions.assertEquals(plain, pages.stream().flatMap(page -> page.contents().stream()).map(S3Object::key).toList());
        final List<String> prefixes = pages.stream().flatMap(page -> page.commonPrefixes().stream()).map(CommonPrefix::prefix).toList();
        Assertions.assertEquals(rolledUp, new TreeSet<>(prefixes));
        Assertions.assertEquals(rolledUp.size(), prefixes.size());
        pages.forEach(page -> Assertions.assertTrue(page.keyCount() <= pageSize));
    }

    /** One of two keys goes, and the others stay. */
    private static void checkDeletion(final String bucket, final SortedMap<String, String> model) {
        final List<String> keys = List.copyOf(model.keySet());
        final List<ObjectIdentifier> deleted = new ArrayList<>();
        final List<String> kept = new ArrayList<>();
        for (int index = 0; index < keys.size(); index++) {
            if (index % 2 == 0) {
                deleted.add(ObjectIdentifier.builder().key(keys.get(index)).build());
            } else {
                kept.add(keys.get(index));
            }
        }

        Assertions.assertEquals(List.of(), client.deleteObjects(request -> request.bucket(bucket).delete(Delete.builder().objects(deleted).build())).errors());
        Assertions.assertEquals(kept, client.listObjectsV2(request -> request.bucket(bucket)).contents().stream().map(S3Object::key).toList());
        kept.forEach(key -> client.deleteObject(request -> request.bucket(bucket).key(key)));
        client.deleteBucket(request -> request.bucket(bucket));
    }

    @Provide
    Arbitrary<Set<String>> keySets() {
        return keys().set().ofMinSize(1).ofMaxSize(12);
    }

    /** Few characters, so that keys lie inside of each other; and the pairs that UTF-8 and UTF-16 order differently. */
    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.of("a", "b", "/", "//", ".", "..", " ", "+", "%2F", "%", "?", "#", "&", ":", "=", "\\", "~", "*", "é", "\uFF5E", "\uD83D\uDE00", "\u00A0", "_", "-")
                .list().ofMinSize(1).ofMaxSize(5).map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> delimiters() {
        return Arbitraries.of("/", "//", "a", ".", "\uD83D\uDE00");
    }

    @Provide
    Arbitrary<Integer> pageSizes() {
        return Arbitraries.of(1, 2, 5, 1_000);
    }
}
