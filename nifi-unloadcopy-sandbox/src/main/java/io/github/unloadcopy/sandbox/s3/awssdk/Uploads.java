package io.github.unloadcopy.sandbox.s3.awssdk;

import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import javax.crypto.SecretKey;

/**
 * Objects that come in parts ("Uploading and copying objects using multipart upload", Amazon S3 User Guide), for somebody who may write them. Under a KMS key, parts need {@code kms:Decrypt} as well:
 * the upload has one data key from its beginning.
 */
final class Uploads {

    static final long SMALLEST_PART = 5L * 1024 * 1024;

    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;

    private final Sealer sealer;

    Uploads(final Sealer sealer) {
        this.sealer = sealer;
    }

    MultipartUpload begin(final Bucket bucket, final CreateMultipartUploadRequest request) {
        Intake.refusePublic(request.acl());
        Intake.requireLength(request.key());
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

    UploadPartResponse add(final Bucket bucket, final MultipartUpload mpu, final UploadPartRequest request, final InputStream content) {
        try (content) {
            Sealer.Wish.refuseCustomerKey(request.sseCustomerAlgorithm());
            final Upload upload = find(bucket, mpu);
            final Sealing sealing = upload.sealing();
            final Intake stored = Intake.store(content, sealer.open(bucket, upload.key(), sealing), sealing, request.contentMD5());
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

    CompleteMultipartUploadResponse complete(final Bucket bucket, final MultipartUpload mpu, final CompleteMultipartUploadRequest request) {
        final Upload upload = find(bucket, mpu);
        final SecretKey key = sealer.open(bucket, upload.key(), upload.sealing());
        final Body body = assemble(upload, request.multipartUpload().parts(), key);
        final StoredVersion version = bucket.complete(upload, body, WriteCondition.ofPut(request.ifMatch(), request.ifNoneMatch()));
        return CompleteMultipartUploadResponse.builder()
                .bucket(bucket.name())
                .key(upload.key())
                .eTag(Answers.quoted(body.eTag()))
                .versionId(Answers.versionId(bucket, version))
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
        final MessageDigest digest = Intake.md5();
        for (final CompletedPart part : wanted) {
            final Upload.Part found = uploaded.get(part.partNumber());
            Refusals.unless(found != null, "InvalidPart", BAD_REQUEST, "One or more of the specified parts could not be found.");
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

    void abort(final Bucket bucket, final MultipartUpload mpu) {
        bucket.end(find(bucket, mpu));
    }

    List<Part> parts(final Bucket bucket, final MultipartUpload mpu) {
        return find(bucket, mpu).partsNow().entrySet().stream().map(part -> Answers.part(part.getKey(), part.getValue())).toList();
    }

    private static Upload find(final Bucket bucket, final MultipartUpload mpu) {
        final Upload upload = bucket.upload(mpu.blobName(), mpu.id());
        Refusals.unless(upload != null, "NoSuchUpload", NOT_FOUND,
                "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.");
        return upload;
    }
}
