package io.github.unloadcopy.sandbox.s3;

import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

import java.io.InputStream;

/** A store whose changes are kept. */
final class KeepingBlobStore extends ForwardingBlobStore {

    private final KeptObjects kept;

    KeepingBlobStore(final BlobStore store, final KeptObjects kept) {
        super(store);
        this.kept = kept;
    }

    @Override
    public void deleteBucket(final String container) {
        super.deleteBucket(container);
        kept.bucketChanged(container);
    }

    @Override
    public PutObjectResponse putBlob(final PutObjectRequest request, final InputStream payload) {
        final PutObjectResponse response = super.putBlob(request, payload);
        kept.objectChanged(request.bucket(), request.key());
        return response;
    }

    @Override
    public CopyObjectResponse copyBlob(final CopyObjectRequest request) {
        final CopyObjectResponse response = super.copyBlob(request);
        kept.objectChanged(request.destinationBucket(), request.destinationKey());
        return response;
    }

    @Override
    public DeleteObjectResponse removeBlob(final DeleteObjectRequest request) {
        final DeleteObjectResponse response = super.removeBlob(request);
        kept.objectChanged(request.bucket(), request.key());
        return response;
    }

    @Override
    public DeleteObjectsResponse removeBlobs(final DeleteObjectsRequest request) {
        final DeleteObjectsResponse response = super.removeBlobs(request);
        response.deleted().forEach(object -> kept.objectChanged(request.bucket(), object.key()));
        return response;
    }

    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(final MultipartUpload upload, final CompleteMultipartUploadRequest request) {
        final CompleteMultipartUploadResponse response = super.completeMultipartUpload(upload, request);
        kept.objectChanged(upload.containerName(), upload.blobName());
        return response;
    }
}
