package io.github.unloadcopy.systemtests;

import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.util.ArrayList;
import java.util.List;

/** What stands below a prefix of a bucket, in whatever way S3 can hold data. */
public final class StagedObjects {
    private StagedObjects() {
    }

    /**
     * Lists objects, versions that are not the latest, and uploads that were not finished. Delete markers hold no data and are not listed.
     *
     * @return one line each
     */
    public static List<String> list(final S3Client s3, final String bucket, final String prefix) {
        final List<String> found = new ArrayList<>();

        for (final S3Object object : s3.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix)).contents()) {
            found.add("s3://%s/%s, %d bytes".formatted(bucket, object.key(), object.size()));
        }

        for (final ObjectVersion version : s3.listObjectVersionsPaginator(request -> request.bucket(bucket).prefix(prefix)).versions()) {
            if (!version.isLatest()) {
                found.add("s3://%s/%s, version %s, %d bytes".formatted(bucket, version.key(), version.versionId(), version.size()));
            }
        }

        for (final MultipartUpload upload : s3.listMultipartUploadsPaginator(request -> request.bucket(bucket).prefix(prefix)).uploads()) {
            found.add("s3://%s/%s, unfinished upload %s".formatted(bucket, upload.key(), upload.uploadId()));
        }

        return found;
    }
}
