package io.github.unloadcopy.sandbox.s3.awssdk;

import com.google.common.io.ByteStreams;
import io.github.unloadcopy.sandbox.cloud.CloudException;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.SdkResponses;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.DeletedObject;
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
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.PutBucketVersioningRequest;
import software.amazon.awssdk.services.s3.model.PutBucketVersioningResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;

/**
 * The buckets as one principal sees them: every call is checked against what the principal may do, and what is under a KMS key against that key as it is now.
 */
public final class GuardedBlobStore implements BlobStore {

    private static final String GET = "s3:GetObject";
    private static final String PUT = "s3:PutObject";
    private static final Pattern VERSION_ID = Pattern.compile("null|[\\w-]{32}");
    private static final Set<StorageClass> ARCHIVES = EnumSet.of(StorageClass.GLACIER, StorageClass.DEEP_ARCHIVE);
    private static final int NOT_MODIFIED = 304;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_ALLOWED = 405;
    private static final int PRECONDITION_FAILED = 412;
    private static final int NOT_IMPLEMENTED = 501;

    private final Buckets buckets;
    private final Access access;
    private final Sealer sealer;
    private final Uploads uploads;

    GuardedBlobStore(final Buckets buckets, final Access access, final Sealer sealer) {
        this.buckets = buckets;
        this.access = access;
        this.sealer = sealer;
        this.uploads = new Uploads(sealer);
    }

    @Override
    public ListBucketsResponse list() {
        access.require("s3:ListAllMyBuckets", "*");
        return ListBucketsResponse.builder().buckets(buckets.all().stream().map(bucket -> SdkResponses.bucket(bucket.name(), bucket.created())).toList()).build();
    }

    @Override
    public boolean containerExists(final String container) {
        return buckets.exists(container);
    }

    @Override
    public HeadBucketResponse headBucket(final HeadBucketRequest request) {
        return HeadBucketResponse.builder().bucketRegion(bucket("s3:ListBucket", request.bucket()).region()).build();
    }

    @Override
    public CreateBucketResponse createContainer(final CreateBucketRequest request) {
        access.require("s3:CreateBucket", Access.arnOf(request.bucket()));
        buckets.create(request.bucket());
        return CreateBucketResponse.builder().location("/" + request.bucket()).build();
    }

    @Override
    public void deleteBucket(final String container) {
        bucket("s3:DeleteBucket", container);
        buckets.delete(container);
    }

    @Override
    public BucketCannedACL getContainerAccess(final String container) {
        bucket("s3:GetBucketAcl", container);
        return BucketCannedACL.PRIVATE;
    }

    @Override
    public void setContainerAccess(final String container, final BucketCannedACL acl) {
        bucket("s3:PutBucketAcl", container);
        Refusals.unless(acl == BucketCannedACL.PRIVATE, "AccessControlListNotSupported", BAD_REQUEST, "The bucket does not allow ACLs");
    }

    @Override
    public boolean supportsVersioning() {
        return true;
    }

    @Override
    public GetBucketVersioningResponse getBucketVersioning(final GetBucketVersioningRequest request) {
        return GetBucketVersioningResponse.builder().status(bucket("s3:GetBucketVersioning", request.bucket()).versioning()).build();
    }

    @Override
    public PutBucketVersioningResponse putBucketVersioning(final PutBucketVersioningRequest request) {
        bucket("s3:PutBucketVersioning", request.bucket()).setVersioning(request.versioningConfiguration().status());
        return PutBucketVersioningResponse.builder().build();
    }

    @Override
    public boolean supportsBucketEncryption() {
        return true;
    }

    @Override
    public boolean supportsServerSideEncryption() {
        return true;
    }

    @Override
    public GetBucketEncryptionResponse getBucketEncryption(final GetBucketEncryptionRequest request) {
        final ServerSideEncryptionRule rule = bucket("s3:GetEncryptionConfiguration", request.bucket()).encryption();
        return GetBucketEncryptionResponse.builder().serverSideEncryptionConfiguration(configuration -> configuration.rules(List.of(rule))).build();
    }

    @Override
    public PutBucketEncryptionResponse putBucketEncryption(final PutBucketEncryptionRequest request) {
        final Bucket bucket = bucket("s3:PutEncryptionConfiguration", request.bucket());
        final List<ServerSideEncryptionRule> rules = request.serverSideEncryptionConfiguration().rules();
        Refusals.unless(rules.size() == 1 && rules.getFirst().applyServerSideEncryptionByDefault() != null, "MalformedXML", BAD_REQUEST,
                "The XML you provided was not well-formed or did not validate against our published schema");
        Sealer.Wish.requireKnown(rules.getFirst().applyServerSideEncryptionByDefault().sseAlgorithm());
        bucket.setEncryption(rules.getFirst());
        return PutBucketEncryptionResponse.builder().build();
    }

    @Override
    public DeleteBucketEncryptionResponse deleteBucketEncryption(final DeleteBucketEncryptionRequest request) {
        bucket("s3:PutEncryptionConfiguration", request.bucket()).setEncryption(null);
        return DeleteBucketEncryptionResponse.builder().build();
    }

    /** Without a limit of keys, the page has all. */
    @Override
    public ListObjectsV2Response list(final ListObjectsV2Request request) {
        final Bucket bucket = bucket("s3:ListBucket", request.bucket());
        final String after = request.continuationToken() == null ? request.startAfter() : decodeToken(request.continuationToken());
        final Page<StoredVersion> page = bucket.list(new Listing(request.prefix(), request.delimiter(), after, most(request.maxKeys())));
        return ListObjectsV2Response.builder()
                .contents(page.items().stream().map(Answers::listed).toList())
                .commonPrefixes(Answers.prefixes(page.prefixes()))
                .isTruncated(page.last() != null)
                .nextContinuationToken(page.last() == null ? null : Base64.getUrlEncoder().encodeToString(page.last().getBytes(StandardCharsets.UTF_8)))
                .build();
    }

    private static String decodeToken(final String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (final IllegalArgumentException e) {
            throw S3Exceptions.invalidArgument("The continuation token provided is incorrect");
        }
    }

    @Override
    public ListObjectsResponse listV1(final ListObjectsRequest request) {
        final Bucket bucket = bucket("s3:ListBucket", request.bucket());
        final Page<StoredVersion> page = bucket.list(new Listing(request.prefix(), request.delimiter(), request.marker(), most(request.maxKeys())));
        return ListObjectsResponse.builder()
                .contents(page.items().stream().map(Answers::listed).toList())
                .commonPrefixes(Answers.prefixes(page.prefixes()))
                .isTruncated(page.last() != null)
                .nextMarker(page.last())
                .build();
    }

    @Override
    public ListObjectVersionsResponse listVersions(final ListObjectVersionsRequest request) {
        final Bucket bucket = bucket("s3:ListBucketVersions", request.bucket());
        Refusals.unless(request.versionIdMarker() == null || request.keyMarker() != null, "InvalidArgument", BAD_REQUEST, "A version-id marker cannot be specified without a key marker.");
        final Page<StoredVersion> page = bucket.listVersions(new Listing(request.prefix(), request.delimiter(), request.keyMarker(), most(request.maxKeys())), request.versionIdMarker());
        final List<ObjectVersion> versions = new ArrayList<>();
        final List<DeleteMarkerEntry> markers = new ArrayList<>();
        for (final StoredVersion version : page.items()) {
            final boolean latest = bucket.newest(version.key()).filter(version::equals).isPresent();
            if (version.isDeleteMarker()) {
                markers.add(Answers.marker(version, latest));
            } else {
                versions.add(Answers.version(version, latest));
            }
        }

        final boolean endsWithItem = page.last() != null && !page.items().isEmpty() && page.items().getLast().key().equals(page.last());
        return ListObjectVersionsResponse.builder()
                .versions(versions)
                .deleteMarkers(markers)
                .commonPrefixes(Answers.prefixes(page.prefixes()))
                .isTruncated(page.last() != null)
                .nextKeyMarker(page.last())
                .nextVersionIdMarker(endsWithItem ? page.items().getLast().versionId() : null)
                .build();
    }

    private static int most(final Integer asked) {
        return asked == null ? Integer.MAX_VALUE : asked;
    }

    /** Checks all that {@link #putBlob} checks, without an object. */
    public void requireWritable(final PutObjectRequest request) {
        prepare(request);
    }

    @Override
    public PutObjectResponse putBlob(final PutObjectRequest request, final InputStream payload) {
        try (payload) {
            final Sealer.NewKey key = prepare(request);
            final Bucket bucket = buckets.find(request.bucket());
            final Sealing sealing = key.sealing();
            final Intake stored = Intake.store(payload, key.key(), sealing, request.contentMD5());
            final Body body = new Body(List.of(stored.segment()), stored.eTag(), sealing, Checksum.of(request));
            final StoredVersion version = bucket.put(request.key(), body, Headers.of(request), WriteCondition.ofPut(request.ifMatch(), request.ifNoneMatch()));
            return PutObjectResponse.builder()
                    .eTag(Answers.quoted(body.eTag()))
                    .versionId(reportedId(bucket, version))
                    .serverSideEncryption(sealing.algorithm())
                    .ssekmsKeyId(sealing.keyArn())
                    .bucketKeyEnabled(sealing.reportedBucketKey())
                    .build();
        } catch (final IOException e) {
            throw new UncheckedIOException("The object could not be read", e);
        }
    }

    private Sealer.NewKey prepare(final PutObjectRequest request) {
        final Bucket bucket = object(PUT, request.bucket(), request.key());
        Intake.refusePublic(request.acl());
        Intake.requireLength(request.key());
        return sealer.seal(bucket, request.key(), Sealer.Wish.of(request.serverSideEncryption(), request.ssekmsKeyId(), request.bucketKeyEnabled(), request.sseCustomerAlgorithm(),
                request.ssekmsEncryptionContext()));
    }

    @Override
    public HeadObjectResponse blobMetadata(final HeadObjectRequest request) {
        final Bucket bucket = object(request.versionId() == null ? GET : "s3:GetObjectVersion", request.bucket(), request.key());
        Sealer.Wish.refuseCustomerKey(request.sseCustomerAlgorithm());
        final StoredVersion version = readable(bucket, request.key(), request.versionId());
        return SdkResponses.toHead(Answers.read(version, reportedId(bucket, version), ByteRange.of(null, version.body().size()), request.checksumMode() == ChecksumMode.ENABLED).build());
    }

    @Override
    public ResponseInputStream<GetObjectResponse> getBlob(final GetObjectRequest request) {
        final Bucket bucket = object(request.versionId() == null ? GET : "s3:GetObjectVersion", request.bucket(), request.key());
        Sealer.Wish.refuseCustomerKey(request.sseCustomerAlgorithm());
        final StoredVersion version = readable(bucket, request.key(), request.versionId());
        requireAtHand(version);
        checkConditions(request, version);
        final ByteRange range = ByteRange.of(request.range(), version.body().size());
        final SecretKey key = sealer.open(bucket, version.key(), version.body().sealing());
        final InputStream content = ByteStreams.limit(version.body().open(key, range.first()), range.length());
        return new ResponseInputStream<>(Answers.read(version, reportedId(bucket, version), range, request.checksumMode() == ChecksumMode.ENABLED).build(), content);
    }

    /** What is archived cannot be read before it is restored, which the sandbox does not. */
    private static void requireAtHand(final StoredVersion version) {
        Refusals.unless(!ARCHIVES.contains(version.headers().storageClass()), "InvalidObjectState", FORBIDDEN, "The operation is not valid for the object's storage class");
    }

    private static void checkConditions(final GetObjectRequest request, final StoredVersion version) {
        final String eTag = version.body().eTag();
        final Instant modified = version.modified().truncatedTo(ChronoUnit.SECONDS);
        final boolean matches = request.ifMatch() == null || WriteCondition.matches(request.ifMatch(), eTag);
        final boolean unmodified = request.ifMatch() != null || request.ifUnmodifiedSince() == null || !modified.isAfter(request.ifUnmodifiedSince());
        Refusals.unless(matches && unmodified, "PreconditionFailed", PRECONDITION_FAILED, "At least one of the pre-conditions you specified did not hold");
        final boolean isKnown = request.ifNoneMatch() == null
                ? request.ifModifiedSince() != null && !modified.isAfter(request.ifModifiedSince())
                : WriteCondition.matches(request.ifNoneMatch(), eTag);
        if (isKnown) {
            throw S3Exceptions.fromStatusCode(NOT_MODIFIED, "Not Modified", Map.of("ETag", Answers.quoted(eTag)), null);
        }
    }

    /** Who may not list the bucket does not learn whether an object exists. */
    private StoredVersion readable(final Bucket bucket, final String key, final String versionId) {
        if (versionId != null) {
            requireVersionId(versionId);
            final StoredVersion version = bucket.version(key, versionId).orElseThrow(() -> S3Exceptions.noSuchVersion(bucket.name(), key, versionId, "The specified version does not exist."));
            if (version.isDeleteMarker()) {
                throw S3Exceptions.fromStatusCode(NOT_ALLOWED, "The specified method is not allowed against this resource.",
                        Map.of("x-amz-delete-marker", "true", "x-amz-version-id", versionId, "Allow", "DELETE"), null);
            }

            return version;
        }

        final Optional<StoredVersion> version = bucket.newest(key);
        if (version.isPresent() && !version.get().isDeleteMarker()) {
            return version.get();
        }

        access.require("s3:ListBucket", Access.arnOf(bucket.name()));
        throw version.isEmpty()
                ? S3Exceptions.noSuchKey(bucket.name(), key, "The specified key does not exist.")
                : S3Exceptions.noSuchKeyDeleteMarker(bucket.name(), key, version.get().versionId(), "The specified key does not exist.");
    }

    private static void requireVersionId(final String versionId) {
        Refusals.unless(VERSION_ID.matcher(versionId).matches(), "InvalidArgument", BAD_REQUEST, "Invalid version id specified");
    }

    @Override
    public CopyObjectResponse copyBlob(final CopyObjectRequest request) {
        final Bucket source = object(request.sourceVersionId() == null ? GET : "s3:GetObjectVersion", request.sourceBucket(), request.sourceKey());
        final Bucket target = object(PUT, request.destinationBucket(), request.destinationKey());
        Sealer.Wish.refuseCustomerKey(request.copySourceSSECustomerAlgorithm());
        Intake.refusePublic(request.acl());
        Intake.requireLength(request.destinationKey());
        final StoredVersion original = readable(source, request.sourceKey(), request.sourceVersionId());
        requireAtHand(original);
        checkSource(request, original);
        final boolean replaces = request.metadataDirective() == MetadataDirective.REPLACE;
        final boolean sameObject = source == target && request.sourceKey().equals(request.destinationKey());
        Refusals.unless(!sameObject || replaces || request.sourceVersionId() != null || request.serverSideEncryption() != null || request.storageClass() != null, "InvalidRequest", BAD_REQUEST,
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption"
                + " attributes.");

        final SecretKey sourceKey = sealer.open(source, original.key(), original.body().sealing());
        final Sealer.NewKey newKey = sealer.seal(target, request.destinationKey(), Sealer.Wish.of(request.serverSideEncryption(), request.ssekmsKeyId(), request.bucketKeyEnabled(),
                request.sseCustomerAlgorithm(), request.ssekmsEncryptionContext()));
        final Sealing sealing = newKey.sealing();
        try (InputStream content = original.body().open(sourceKey, 0)) {
            final Intake stored = Intake.store(content, newKey.key(), sealing, null);
            final Checksum kept = original.body().checksum();
            final Body body = new Body(List.of(stored.segment()), stored.eTag(), sealing, kept != null && kept.type() == ChecksumType.FULL_OBJECT ? kept : null);
            final StoredVersion version = target.put(request.destinationKey(), body, replaces ? Headers.of(request) : original.headers(),
                    WriteCondition.ofPut(request.ifMatch(), request.ifNoneMatch()));
            return CopyObjectResponse.builder()
                    .copyObjectResult(result -> result.eTag(Answers.quoted(body.eTag())).lastModified(version.modified()))
                    .versionId(reportedId(target, version))
                    .copySourceVersionId(reportedId(source, original))
                    .serverSideEncryption(sealing.algorithm())
                    .ssekmsKeyId(sealing.keyArn())
                    .bucketKeyEnabled(sealing.reportedBucketKey())
                    .build();
        } catch (final IOException e) {
            throw new UncheckedIOException("Memory cannot be read", e);
        }
    }

    private static void checkSource(final CopyObjectRequest request, final StoredVersion original) {
        final String eTag = original.body().eTag();
        final Instant modified = original.modified().truncatedTo(ChronoUnit.SECONDS);
        final boolean holds = (request.copySourceIfMatch() == null || WriteCondition.matches(request.copySourceIfMatch(), eTag))
                && (request.copySourceIfNoneMatch() == null || !WriteCondition.matches(request.copySourceIfNoneMatch(), eTag))
                && (request.copySourceIfModifiedSince() == null || modified.isAfter(request.copySourceIfModifiedSince()))
                && (request.copySourceIfUnmodifiedSince() == null || !modified.isAfter(request.copySourceIfUnmodifiedSince()));
        Refusals.unless(holds, "PreconditionFailed", PRECONDITION_FAILED, "At least one of the pre-conditions you specified did not hold");
    }

    @Override
    public DeleteObjectResponse removeBlob(final DeleteObjectRequest request) {
        final Bucket bucket = object(request.versionId() == null ? "s3:DeleteObject" : "s3:DeleteObjectVersion", request.bucket(), request.key());
        Refusals.unless(request.ifMatchSize() == null && request.ifMatchLastModifiedTime() == null, "NotImplemented", NOT_IMPLEMENTED,
                "A header you provided implies functionality that is not implemented: general purpose buckets delete by If-Match only.");
        if (request.versionId() == null) {
            final Optional<StoredVersion> marker = bucket.delete(request.key(), WriteCondition.ofDelete(request.ifMatch()));
            return DeleteObjectResponse.builder()
                    .deleteMarker(marker.isPresent() ? Boolean.TRUE : null)
                    .versionId(marker.map(StoredVersion::versionId).orElse(null))
                    .build();
        }

        requireVersionId(request.versionId());
        final Optional<StoredVersion> deleted = bucket.deleteVersion(request.key(), request.versionId());
        return DeleteObjectResponse.builder()
                .versionId(request.versionId())
                .deleteMarker(deleted.filter(StoredVersion::isDeleteMarker).isPresent() ? Boolean.TRUE : null)
                .build();
    }

    @Override
    public DeleteObjectsResponse removeBlobs(final DeleteObjectsRequest request) {
        buckets.find(request.bucket());
        final List<DeletedObject> deleted = new ArrayList<>();
        final List<S3Error> errors = new ArrayList<>();
        for (final ObjectIdentifier object : request.delete().objects()) {
            try {
                final DeleteObjectResponse answer = removeBlob(DeleteObjectRequest.builder().bucket(request.bucket()).key(object.key()).versionId(object.versionId()).build());
                final boolean marker = Boolean.TRUE.equals(answer.deleteMarker());
                deleted.add(DeletedObject.builder().key(object.key()).versionId(object.versionId())
                        .deleteMarker(marker ? Boolean.TRUE : null).deleteMarkerVersionId(marker ? answer.versionId() : null).build());
            } catch (final S3Exception e) {
                final CloudException refusal = Refusals.toCloud(e);
                errors.add(S3Error.builder().key(object.key()).versionId(object.versionId()).code(refusal.code()).message(refusal.getMessage()).build());
            }
        }

        return DeleteObjectsResponse.builder().deleted(deleted).errors(errors).build();
    }

    @Override
    public ObjectCannedACL getBlobAccess(final String container, final String name) {
        object("s3:GetObjectAcl", container, name);
        return ObjectCannedACL.PRIVATE;
    }

    @Override
    public void setBlobAccess(final String container, final String name, final ObjectCannedACL acl) {
        object("s3:PutObjectAcl", container, name);
        Intake.refusePublic(acl);
    }

    @Override
    public MultipartUpload initiateMultipartUpload(final CreateMultipartUploadRequest request) {
        return uploads.begin(object(PUT, request.bucket(), request.key()), request);
    }

    @Override
    public UploadPartResponse uploadMultipartPart(final MultipartUpload mpu, final UploadPartRequest request, final InputStream is) {
        return uploads.add(object(PUT, mpu.containerName(), mpu.blobName()), mpu, request, is);
    }

    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(final MultipartUpload mpu, final CompleteMultipartUploadRequest request) {
        return uploads.complete(object(PUT, mpu.containerName(), mpu.blobName()), mpu, request);
    }

    @Override
    public void abortMultipartUpload(final MultipartUpload mpu) {
        uploads.abort(object("s3:AbortMultipartUpload", mpu.containerName(), mpu.blobName()), mpu);
    }

    @Override
    public List<Part> listMultipartUpload(final MultipartUpload mpu) {
        // S3Proxy asks for them to complete an upload as well, which takes no permission to list.
        final boolean writes = access.allows(PUT, Access.arnOf(mpu.containerName(), mpu.blobName()));
        return uploads.parts(object(writes ? PUT : "s3:ListMultipartUploadParts", mpu.containerName(), mpu.blobName()), mpu);
    }

    @Override
    public List<software.amazon.awssdk.services.s3.model.MultipartUpload> listMultipartUploads(final String container) {
        return bucket("s3:ListBucketMultipartUploads", container).uploads().stream().map(upload -> SdkResponses.upload(upload.key(), upload.id(), upload.initiated())).toList();
    }

    @Override
    public long getMinimumMultipartPartSize() {
        return Uploads.SMALLEST_PART;
    }

    private Bucket bucket(final String action, final String name) {
        final Bucket bucket = buckets.find(name);
        access.require(action, Access.arnOf(name));
        return bucket;
    }

    private Bucket object(final String action, final String bucket, final String key) {
        final Bucket found = buckets.find(bucket);
        access.require(action, Access.arnOf(bucket, key));
        return found;
    }

    private static String reportedId(final Bucket bucket, final StoredVersion version) {
        return Answers.versionId(bucket, version);
    }
}
