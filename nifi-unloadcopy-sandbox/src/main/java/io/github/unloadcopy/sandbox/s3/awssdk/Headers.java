package io.github.unloadcopy.sandbox.s3.awssdk;

import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.StorageClass;

import java.time.Instant;
import java.util.Map;

/**
 * What goes with an object's content; whatever was not given is null.
 *
 * @param metadata the user's own, by name without prefix
 */
record Headers(String contentType, String contentEncoding, String contentLanguage, String contentDisposition, String cacheControl, Instant expires, StorageClass storageClass,
        Map<String, String> metadata) {

    Headers {
        metadata = Map.copyOf(metadata);
    }

    static Headers of(final PutObjectRequest request) {
        return new Headers(request.contentType(), request.contentEncoding(), request.contentLanguage(), request.contentDisposition(), request.cacheControl(), request.expires(),
                request.storageClass(), request.metadata());
    }

    static Headers of(final CreateMultipartUploadRequest request) {
        return new Headers(request.contentType(), request.contentEncoding(), request.contentLanguage(), request.contentDisposition(), request.cacheControl(), request.expires(),
                request.storageClass(), request.metadata());
    }

    static Headers of(final CopyObjectRequest request) {
        return new Headers(request.contentType(), request.contentEncoding(), request.contentLanguage(), request.contentDisposition(), request.cacheControl(), request.expires(),
                request.storageClass(), request.metadata());
    }
}
