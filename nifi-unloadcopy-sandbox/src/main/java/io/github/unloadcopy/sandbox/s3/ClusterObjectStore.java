package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.cloud.Encryption;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.cloud.ObjectSummary;
import io.github.unloadcopy.sandbox.cloud.ObjectWriter;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.cloud.StoredObject;
import io.github.unloadcopy.sandbox.control.Calls;
import io.github.unloadcopy.sandbox.s3.awssdk.Buckets;
import io.github.unloadcopy.sandbox.s3.awssdk.GuardedBlobStore;
import io.github.unloadcopy.sandbox.s3.awssdk.Refusals;
import org.gaul.s3proxy.blobstore.BlobStore;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The clusters' way to the same store that S3 serves, past HTTP but not past permissions and keys.
 */
final class ClusterObjectStore implements ObjectStore {

    private final Buckets buckets;
    private final Function<Principal, GuardedBlobStore> stores;
    private final Calls calls;

    /**
     * @param stores the store as a principal sees it
     */
    ClusterObjectStore(final Buckets buckets, final Function<Principal, GuardedBlobStore> stores, final Calls calls) {
        this.buckets = buckets;
        this.stores = stores;
        this.calls = calls;
    }

    @Override
    public String bucketRegion(final String bucket) {
        return buckets.regionOf(bucket);
    }

    @Override
    public List<ObjectSummary> list(final Principal principal, final String bucket, final String prefix) {
        return ask("ListObjectsV2", () -> stores.apply(principal).list(ListObjectsV2Request.builder().bucket(bucket).prefix(prefix).build()).contents().stream()
                .map(object -> new ObjectSummary(object.key(), object.size()))
                .toList());
    }

    @Override
    public StoredObject open(final Principal principal, final String bucket, final String key) {
        return ask("GetObject", () -> new OpenObject(stores.apply(principal).getBlob(GetObjectRequest.builder().bucket(bucket).key(key).build())));
    }

    @Override
    public ObjectWriter create(final Principal principal, final String bucket, final String key, final Map<String, String> userMetadata, final Encryption encryption) {
        final GuardedBlobStore store = stores.apply(principal);
        final PutObjectRequest request = encrypted(PutObjectRequest.builder().bucket(bucket).key(key).metadata(userMetadata), encryption).build();
        // Asked for again when it is stored; here, so that a statement fails before it has produced anything.
        ask("PutObject", () -> {
            store.requireWritable(request);
            return null;
        });
        return new BufferedObjectWriter((content, length) -> store(store, request.toBuilder().contentLength(length).build(), content));
    }

    @Override
    public void delete(final Principal principal, final String bucket, final String key) {
        ask("DeleteObject", () -> {
            stores.apply(principal).removeBlob(DeleteObjectRequest.builder().bucket(bucket).key(key).build());
            return null;
        });
    }

    private static PutObjectRequest.Builder encrypted(final PutObjectRequest.Builder request, final Encryption encryption) {
        return switch (encryption) {
            case Encryption.SseS3 ignored -> request.serverSideEncryption(ServerSideEncryption.AES256);
            case Encryption.SseKms kms -> request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(kms.keyId());
        };
    }

    private static void store(final BlobStore store, final PutObjectRequest request, final InputStream content) {
        try {
            store.putBlob(request, content);
        } catch (final AwsServiceException e) {
            throw Refusals.toCloud(e);
        }
    }

    private <T> T ask(final String operation, final Supplier<T> question) {
        calls.count("s3FromClusters", operation);
        try {
            return question.get();
        } catch (final AwsServiceException e) {
            throw Refusals.toCloud(e);
        }
    }
}
