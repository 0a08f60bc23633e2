package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.kms.KeyRing;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.GetBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningRequest;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListBucketsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.PutBucketVersioningRequest;
import software.amazon.awssdk.services.s3.model.PutBucketVersioningResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;

import java.io.InputStream;

/**
 * The store as one principal sees it: every call is checked against what the principal may do, and SSE-KMS against the key as it is now.
 * What the store then holds names the key by its ARN, as S3 reports it.
 */
final class GuardedBlobStore extends ForwardingBlobStore {

    private static final String BUCKET_ARN = "arn:aws:s3:::";
    private static final String GET = "s3:GetObject";
    private static final String PUT = "s3:PutObject";

    private static final int NOT_FOUND = 404;

    private final Buckets buckets;
    private final Iam iam;
    private final KeyRing keys;
    private final Principal principal;

    GuardedBlobStore(final BlobStore store, final Buckets buckets, final Iam iam, final KeyRing keys, final Principal principal) {
        super(store);
        this.buckets = buckets;
        this.iam = iam;
        this.keys = keys;
        this.principal = principal;
    }

    @Override
    public ListBucketsResponse list() {
        require("s3:ListAllMyBuckets", "*");
        return super.list();
    }

    @Override
    public ListObjectsV2Response list(final ListObjectsV2Request request) {
        requireOnBucket("s3:ListBucket", request.bucket());
        return super.list(request);
    }

    @Override
    public ListObjectVersionsResponse listVersions(final ListObjectVersionsRequest request) {
        requireOnBucket("s3:ListBucketVersions", request.bucket());
        return super.listVersions(request);
    }

    @Override
    public boolean containerExists(final String container) {
        return buckets.exists(container);
    }

    @Override
    public HeadBucketResponse headBucket(final HeadBucketRequest request) {
        requireOnBucket("s3:ListBucket", request.bucket());
        return super.headBucket(request).toBuilder().bucketRegion(buckets.regionOf(request.bucket())).build();
    }

    @Override
    public CreateBucketResponse createContainer(final CreateBucketRequest request) {
        require("s3:CreateBucket", BUCKET_ARN + request.bucket());
        return super.createContainer(request);
    }

    @Override
    public void deleteBucket(final String container) {
        requireOnBucket("s3:DeleteBucket", container);
        super.deleteBucket(container);
        buckets.deleted(container);
    }

    @Override
    public void setContainerAccess(final String container, final BucketCannedACL access) {
        requireOnBucket("s3:PutBucketAcl", container);
        super.setContainerAccess(container, access);
    }

    @Override
    public GetBucketVersioningResponse getBucketVersioning(final GetBucketVersioningRequest request) {
        requireOnBucket("s3:GetBucketVersioning", request.bucket());
        return super.getBucketVersioning(request);
    }

    @Override
    public PutBucketVersioningResponse putBucketVersioning(final PutBucketVersioningRequest request) {
        requireOnBucket("s3:PutBucketVersioning", request.bucket());
        return super.putBucketVersioning(request);
    }

    @Override
    public GetBucketEncryptionResponse getBucketEncryption(final GetBucketEncryptionRequest request) {
        requireOnBucket("s3:GetEncryptionConfiguration", request.bucket());
        return super.getBucketEncryption(request);
    }

    @Override
    public PutBucketEncryptionResponse putBucketEncryption(final PutBucketEncryptionRequest request) {
        requireOnBucket("s3:PutEncryptionConfiguration", request.bucket());
        return super.putBucketEncryption(request);
    }

    @Override
    public DeleteBucketEncryptionResponse deleteBucketEncryption(final DeleteBucketEncryptionRequest request) {
        requireOnBucket("s3:PutEncryptionConfiguration", request.bucket());
        return super.deleteBucketEncryption(request);
    }

    /** Checks all that {@link #putBlob} checks, without an object. */
    void requireWritable(final PutObjectRequest request) {
        requireOnObject(PUT, request.bucket(), request.key());
        encryption(request.bucket(), request.serverSideEncryption(), request.ssekmsKeyId());
    }

    @Override
    public PutObjectResponse putBlob(final PutObjectRequest request, final InputStream payload) {
        requireOnObject(PUT, request.bucket(), request.key());
        if (request.sseCustomerAlgorithm() != null) {
            return super.putBlob(request, payload);
        }

        final ServerSideEncryptionByDefault encryption = encryption(request.bucket(), request.serverSideEncryption(), request.ssekmsKeyId());
        return super.putBlob(request.toBuilder().serverSideEncryption(encryption.sseAlgorithm()).ssekmsKeyId(encryption.kmsMasterKeyID()).build(), payload);
    }

    @Override
    public CopyObjectResponse copyBlob(final CopyObjectRequest request) {
        requireReadable(request.sourceBucket(), request.sourceKey(), request.sourceVersionId());
        requireOnObject(PUT, request.destinationBucket(), request.destinationKey());
        if (request.sseCustomerAlgorithm() != null) {
            return super.copyBlob(request);
        }

        final ServerSideEncryptionByDefault encryption = encryption(request.destinationBucket(), request.serverSideEncryption(), request.ssekmsKeyId());
        return super.copyBlob(request.toBuilder().serverSideEncryption(encryption.sseAlgorithm()).ssekmsKeyId(encryption.kmsMasterKeyID()).build());
    }

    @Override
    public HeadObjectResponse blobMetadata(final HeadObjectRequest request) {
        requireOnObject(GET, request.bucket(), request.key());
        return super.blobMetadata(request);
    }

    @Override
    public ResponseInputStream<GetObjectResponse> getBlob(final GetObjectRequest request) {
        requireReadable(request.bucket(), request.key(), request.versionId());
        return super.getBlob(request);
    }

    @Override
    public DeleteObjectResponse removeBlob(final DeleteObjectRequest request) {
        requireOnObject(request.versionId() == null ? "s3:DeleteObject" : "s3:DeleteObjectVersion", request.bucket(), request.key());
        return super.removeBlob(request);
    }

    @Override
    public MultipartUpload initiateMultipartUpload(final CreateMultipartUploadRequest request) {
        requireOnObject(PUT, request.bucket(), request.key());
        if (request.sseCustomerAlgorithm() != null) {
            return super.initiateMultipartUpload(request);
        }

        final ServerSideEncryptionByDefault encryption = encryption(request.bucket(), request.serverSideEncryption(), request.ssekmsKeyId());
        return super.initiateMultipartUpload(request.toBuilder().serverSideEncryption(encryption.sseAlgorithm()).ssekmsKeyId(encryption.kmsMasterKeyID()).build());
    }

    private void requireOnBucket(final String action, final String bucket) {
        if (!buckets.exists(bucket)) {
            throw Refusals.toS3(new CloudException("NoSuchBucket", NOT_FOUND, "The specified bucket does not exist"));
        }

        require(action, BUCKET_ARN + bucket);
    }

    private void requireOnObject(final String action, final String bucket, final String key) {
        if (!buckets.exists(bucket)) {
            throw Refusals.toS3(new CloudException("NoSuchBucket", NOT_FOUND, "The specified bucket does not exist"));
        }

        require(action, BUCKET_ARN + bucket + "/" + key);
    }

    private void require(final String action, final String resource) {
        try {
            iam.require(principal, action, resource);
        } catch (final CloudException e) {
            throw Refusals.toS3(e);
        }
    }

    private void requireReadable(final String bucket, final String key, final String versionId) {
        requireOnObject(GET, bucket, key);
        final HeadObjectResponse stored = super.blobMetadata(HeadObjectRequest.builder().bucket(bucket).key(key).versionId(versionId).build());
        if (stored.ssekmsKeyId() != null) {
            keyArn("kms:Decrypt", stored.ssekmsKeyId());
        }
    }

    /** What an object is to be encrypted with: what the request says, or else the bucket's default. */
    private ServerSideEncryptionByDefault encryption(final String bucket, final ServerSideEncryption requested, final String requestedKey) {
        final ServerSideEncryptionByDefault asked = requested == null ? bucketDefault(bucket) : ServerSideEncryptionByDefault.builder().sseAlgorithm(requested).kmsMasterKeyID(requestedKey).build();
        if (asked.sseAlgorithm() != ServerSideEncryption.AWS_KMS && asked.sseAlgorithm() != ServerSideEncryption.AWS_KMS_DSSE) {
            return asked;
        }

        final String reference = asked.kmsMasterKeyID() == null ? keys.keyOfS3() : asked.kmsMasterKeyID();
        return asked.toBuilder().kmsMasterKeyID(keyArn("kms:GenerateDataKey", reference)).build();
    }

    private ServerSideEncryptionByDefault bucketDefault(final String bucket) {
        try {
            return super.getBucketEncryption(GetBucketEncryptionRequest.builder().bucket(bucket).build()).serverSideEncryptionConfiguration().rules().getFirst().applyServerSideEncryptionByDefault();
        } catch (final S3Exception e) {
            if (e.statusCode() == NOT_FOUND) {
                return ServerSideEncryptionByDefault.builder().build();
            }

            throw e;
        }
    }

    /** S3 passes KMS's refusals on with its own prefix, save that of a permission. */
    private String keyArn(final String action, final String reference) {
        try {
            return keys.requireUsable(principal, action, reference);
        } catch (final CloudException e) {
            if (e.code().equals("AccessDeniedException")) {
                throw Refusals.toS3(new CloudException("AccessDenied", 403, e.getMessage()));
            }

            throw Refusals.toS3(new CloudException("KMS." + e.code(), e.status(), e.getMessage()));
        }
    }
}
