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
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
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
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;

/**
 * The buckets as one principal sees them: every call is checked against what the principal may do, and what is under a KMS key against that key as it is now.
 */
public final class GuardedBlobStore implements BlobStore {

    private static final String GET = "s3:GetObject";
    private static final String PUT = "s3:PutObject";
    private static final Pattern VERSION_ID = Pattern.compile("null|[\\w-]{32}");
    private static final int LONGEST_KEY = 1_024;
    private static final int NOT_MODIFIED = 304;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int PRECONDITION_FAILED = 412;
    private static final int NOT_IMPLEMENTED = 501;

    private final Buckets buckets;
    private final Access access;
    private final Sealer sealer;

    GuardedBlobStore(final Buckets buckets, final Access access, final Sealer sealer) {
        this.buckets = buckets;
        this.access = access;
        this.sealer = sealer;
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
        refuseUnless(acl == BucketCannedACL.PRIVATE, "AccessControlListNotSupported", BAD_REQUEST, "The bucket does not allow ACLs");
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
        refuseUnless(rules.size() == 1 && rules.getFirst().applyServerSideEncryptionByDefault() != null, "MalformedXML", BAD_REQUEST,
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
        refuseUnless(request.versionIdMarker() == null || request.keyMarker() != null, "InvalidArgument", BAD_REQUEST, "A version-id marker cannot be specified without a key marker.");
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
            final Stored stored = store(payload, key.key(), sealing, request.contentMD5());
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
        refusePublic(request.acl());
        requireLength(request.key());
        return sealer.seal(bucket, request.key(), Sealer.Wish.of(request.serverSideEncryption(), request.ssekmsKeyId(), request.bucketKeyEnabled(), request.sseCustomerAlgorithm(),
                request.ssekmsEncryptionContext()));
    }

    private static void requireLength(final String key) {
        refuseUnless(key.getBytes(StandardCharsets.UTF_8).length <= LONGEST_KEY, "KeyTooLongError", BAD_REQUEST, "Your key is too long");
    }

    /**
     * Encrypts bytes under a key.
     *
     * @param expected the MD5 in base64, null for any
     */
    private static Stored store(final InputStream payload, final SecretKey key, final Sealing sealing, final String expected) throws IOException {
        final MessageDigest digest = md5();
        final Segment segment = Segment.seal(key, new DigestInputStream(payload, digest));
        final byte[] sum = digest.digest();
        refuseUnless(expected == null || expected.equals(Base64.getEncoder().encodeToString(sum)), "BadDigest", BAD_REQUEST, "The Content-MD5 you specified did not match what we received.");
        return new Stored(segment, sealing.isUnderKms() ? opaqueETag(sum, sealing) : HexFormat.of().formatHex(sum));
    }

    /** Under a KMS key, an ETag is no MD5 of the content. */
    private static String opaqueETag(final byte[] sum, final Sealing sealing) {
        final MessageDigest digest = md5();
        digest.update(sealing.dataKey());
        return HexFormat.of().formatHex(digest.digest(sum));
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has MD5", e);
        }
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
        checkConditions(request, version);
        final ByteRange range = ByteRange.of(request.range(), version.body().size());
        final SecretKey key = sealer.open(bucket, version.key(), version.body().sealing());
        final InputStream content = ByteStreams.limit(version.body().open(key, range.first()), range.length());
        return new ResponseInputStream<>(Answers.read(version, reportedId(bucket, version), range, request.checksumMode() == ChecksumMode.ENABLED).build(), content);
    }

    private static void checkConditions(final GetObjectRequest request, final StoredVersion version) {
        final String eTag = version.body().eTag();
        final Instant modified = version.modified().truncatedTo(ChronoUnit.SECONDS);
        final boolean matches = request.ifMatch() == null || WriteCondition.matches(request.ifMatch(), eTag);
        final boolean unmodified = request.ifMatch() != null || request.ifUnmodifiedSince() == null || !modified.isAfter(request.ifUnmodifiedSince());
        refuseUnless(matches && unmodified, "PreconditionFailed", PRECONDITION_FAILED, "At least one of the pre-conditions you specified did not hold");
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
        refuseUnless(VERSION_ID.matcher(versionId).matches(), "InvalidArgument", BAD_REQUEST, "Invalid version id specified");
    }

    @Override
    public CopyObjectResponse copyBlob(final CopyObjectRequest request) {
        final Bucket source = object(request.sourceVersionId() == null ? GET : "s3:GetObjectVersion", request.sourceBucket(), request.sourceKey());
        final Bucket target = object(PUT, request.destinationBucket(), request.destinationKey());
        Sealer.Wish.refuseCustomerKey(request.copySourceSSECustomerAlgorithm());
        refusePublic(request.acl());
        requireLength(request.destinationKey());
        final StoredVersion original = readable(source, request.sourceKey(), request.sourceVersionId());
        checkSource(request, original);
        final boolean replaces = request.metadataDirective() == MetadataDirective.REPLACE;
        final boolean sameObject = source == target && request.sourceKey().equals(request.destinationKey());
        refuseUnless(!sameObject || replaces || request.sourceVersionId() != null || request.serverSideEncryption() != null || request.storageClass() != null, "InvalidRequest", BAD_REQUEST,
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption"
                + " attributes.");

        final SecretKey sourceKey = sealer.open(source, original.key(), original.body().sealing());
        final Sealer.NewKey newKey = sealer.seal(target, request.destinationKey(), Sealer.Wish.of(request.serverSideEncryption(), request.ssekmsKeyId(), request.bucketKeyEnabled(),
                request.sseCustomerAlgorithm(), request.ssekmsEncryptionContext()));
        final Sealing sealing = newKey.sealing();
        try (InputStream content = original.body().open(sourceKey, 0)) {
            final Stored stored = store(content, newKey.key(), sealing, null);
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
        refuseUnless(holds, "PreconditionFailed", PRECONDITION_FAILED, "At least one of the pre-conditions you specified did not hold");
    }

    @Override
    public DeleteObjectResponse removeBlob(final DeleteObjectRequest request) {
        final Bucket bucket = object(request.versionId() == null ? "s3:DeleteObject" : "s3:DeleteObjectVersion", request.bucket(), request.key());
        refuseUnless(request.ifMatchSize() == null && request.ifMatchLastModifiedTime() == null, "NotImplemented", NOT_IMPLEMENTED,
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
        refusePublic(acl);
    }

    @Override
    public MultipartUpload initiateMultipartUpload(final CreateMultipartUploadRequest request) {
        final Bucket bucket = object(PUT, request.bucket(), request.key());
        refusePublic(request.acl());
        requireLength(request.key());
        final Sealing sealing = sealer.seal(bucket, request.key(), Sealer.Wish.of(request.serverSideEncryption(), request.ssekmsKeyId(), request.bucketKeyEnabled(),
                request.sseCustomerAlgorithm(), request.ssekmsEncryptionContext())).sealing();
        final Upload upload = new Upload(bucket.newId(), request.key(), bucket.time(), Headers.of(request), sealing, request.checksumAlgorithm(), request.checksumType());
        bucket.begin(upload);
        return new MultipartUpload(upload.id(), request, CreateMultipartUploadResponse.builder()
                .bucket(request.bucket())
                .key(request.key())
                .uploadId(upload.id())
                .serverSideEncryption(sealing.algorithm())
                .ssekmsKeyId(sealing.keyArn())
                .bucketKeyEnabled(sealing.reportedBucketKey())
                .build());
    }

    @Override
    public UploadPartResponse uploadMultipartPart(final MultipartUpload mpu, final UploadPartRequest request, final InputStream is) {
        try (is) {
            final Bucket bucket = object(PUT, mpu.containerName(), mpu.blobName());
            Sealer.Wish.refuseCustomerKey(request.sseCustomerAlgorithm());
            final Upload upload = upload(bucket, mpu);
            final Sealing sealing = upload.sealing();
            final Stored stored = store(is, sealer.open(bucket, upload.key(), sealing), sealing, request.contentMD5());
            upload.put(request.partNumber(), new Upload.Part(stored.segment(), stored.eTag(), Checksum.of(request), bucket.time()));
            return UploadPartResponse.builder()
                    .eTag(Answers.quoted(stored.eTag()))
                    .serverSideEncryption(sealing.algorithm())
                    .ssekmsKeyId(sealing.keyArn())
                    .bucketKeyEnabled(sealing.reportedBucketKey())
                    .build();
        } catch (final IOException e) {
            throw new UncheckedIOException("The part could not be read", e);
        }
    }

    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(final MultipartUpload mpu, final CompleteMultipartUploadRequest request) {
        final Bucket bucket = object(PUT, mpu.containerName(), mpu.blobName());
        final Upload upload = upload(bucket, mpu);
        final SecretKey key = sealer.open(bucket, upload.key(), upload.sealing());
        final Body body = assemble(upload, request.multipartUpload().parts(), key);
        final StoredVersion version = bucket.complete(upload, body, WriteCondition.ofPut(request.ifMatch(), request.ifNoneMatch()));
        return CompleteMultipartUploadResponse.builder()
                .bucket(bucket.name())
                .key(upload.key())
                .eTag(Answers.quoted(body.eTag()))
                .versionId(reportedId(bucket, version))
                .serverSideEncryption(body.sealing().algorithm())
                .ssekmsKeyId(body.sealing().keyArn())
                .bucketKeyEnabled(body.sealing().reportedBucketKey())
                .build();
    }

    /** S3Proxy has checked the order, the sizes and the ETags of the parts. */
    private static Body assemble(final Upload upload, final List<CompletedPart> wanted, final SecretKey key) {
        final SortedMap<Integer, Upload.Part> uploaded = upload.partsNow();
        final List<Segment> segments = new ArrayList<>();
        final List<Checksum> checksums = new ArrayList<>();
        final MessageDigest digest = md5();
        for (final CompletedPart part : wanted) {
            final Upload.Part found = uploaded.get(part.partNumber());
            refuseUnless(found != null, "InvalidPart", BAD_REQUEST, "One or more of the specified parts could not be found.");
            segments.add(found.segment());
            digest.update(HexFormat.of().parseHex(found.eTag()));
            if (found.checksum() != null) {
                checksums.add(found.checksum());
            }
        }

        final Body body = new Body(segments, HexFormat.of().formatHex(digest.digest()) + "-" + segments.size(), upload.sealing(), null);
        return new Body(body.segments(), body.eTag(), body.sealing(), checksum(upload, body, checksums, key));
    }

    private static Checksum checksum(final Upload upload, final Body body, final List<Checksum> parts, final SecretKey key) {
        if (upload.checksumAlgorithm() == null || parts.size() < body.segments().size()) {
            return null;
        }

        if (upload.checksumType() != ChecksumType.FULL_OBJECT) {
            return Checksum.composite(upload.checksumAlgorithm(), parts);
        }

        try (InputStream content = body.open(key, 0)) {
            return Checksum.whole(upload.checksumAlgorithm(), content);
        } catch (final IOException e) {
            throw new UncheckedIOException("Memory cannot be read", e);
        }
    }

    @Override
    public void abortMultipartUpload(final MultipartUpload mpu) {
        final Bucket bucket = object("s3:AbortMultipartUpload", mpu.containerName(), mpu.blobName());
        bucket.end(upload(bucket, mpu));
    }

    @Override
    public List<Part> listMultipartUpload(final MultipartUpload mpu) {
        final Bucket bucket = buckets.find(mpu.containerName());
        final String resource = Access.arnOf(mpu.containerName(), mpu.blobName());
        // S3Proxy asks for them to complete an upload as well, which takes no permission to list.
        if (!access.allows(PUT, resource)) {
            access.require("s3:ListMultipartUploadParts", resource);
        }

        return upload(bucket, mpu).partsNow().entrySet().stream().map(part -> Answers.part(part.getKey(), part.getValue())).toList();
    }

    @Override
    public List<software.amazon.awssdk.services.s3.model.MultipartUpload> listMultipartUploads(final String container) {
        return bucket("s3:ListBucketMultipartUploads", container).uploads().stream().map(upload -> SdkResponses.upload(upload.key(), upload.id(), upload.initiated())).toList();
    }

    @Override
    public long getMinimumMultipartPartSize() {
        return 5L * 1024 * 1024;
    }

    private static Upload upload(final Bucket bucket, final MultipartUpload mpu) {
        final Upload upload = bucket.upload(mpu.blobName(), mpu.id());
        refuseUnless(upload != null, "NoSuchUpload", NOT_FOUND,
                "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.");
        return upload;
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

    /** New buckets have no ACLs ("Controlling ownership of objects", Amazon S3 User Guide). */
    private static void refusePublic(final ObjectCannedACL acl) {
        refuseUnless(acl == null || acl == ObjectCannedACL.PRIVATE || acl == ObjectCannedACL.BUCKET_OWNER_FULL_CONTROL, "AccessControlListNotSupported", BAD_REQUEST,
                "The bucket does not allow ACLs");
    }

    /** A bucket that never kept versions says nothing of them. */
    private static String reportedId(final Bucket bucket, final StoredVersion version) {
        return bucket.versioning() == null ? null : version.versionId();
    }

    private static void refuseUnless(final boolean condition, final String code, final int status, final String message) {
        if (!condition) {
            throw Refusals.toS3(new CloudException(code, status, message));
        }
    }

    private record Stored(Segment segment, String eTag) {
    }
}
