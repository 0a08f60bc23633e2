package io.github.unloadcopy.sandbox.cloud;

import java.util.List;
import java.util.Map;

/**
 * A cluster's way to S3. Every call acts as a principal and is checked against what that principal may do; every refusal is a {@link CloudException}.
 */
public interface ObjectStore {

    /**
     * Finds where a bucket is.
     *
     * @return the AWS Region of the bucket
     * @throws CloudException NoSuchBucket
     */
    String bucketRegion(String bucket);

    /**
     * Lists every object whose key begins with the prefix, in the order of their keys. Needs {@code s3:ListBucket}.
     *
     * @throws CloudException NoSuchBucket or AccessDenied
     */
    List<ObjectSummary> list(Principal principal, String bucket, String prefix);

    /**
     * Opens one object for reading. Needs {@code s3:GetObject}, and {@code kms:Decrypt} on its key where the object is encrypted with SSE-KMS.
     *
     * @throws CloudException NoSuchBucket, NoSuchKey, AccessDenied, or KMS's refusal of the key
     */
    StoredObject open(Principal principal, String bucket, String key);

    /**
     * Starts writing one object of unknown size. Needs {@code s3:PutObject}, and {@code kms:GenerateDataKey} on the key of {@link Encryption.SseKms}.
     *
     * @throws CloudException NoSuchBucket, AccessDenied, or KMS's refusal of the key
     */
    ObjectWriter create(Principal principal, String bucket, String key, Map<String, String> userMetadata, Encryption encryption);

    /**
     * Deletes one object; deleting what is not there succeeds, as on S3. Needs {@code s3:DeleteObject}.
     *
     * @throws CloudException NoSuchBucket or AccessDenied
     */
    void delete(Principal principal, String bucket, String key);
}
