package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.Errors;
import io.github.unloadcopy.sandbox.faults.Faults;
import io.github.unloadcopy.sandbox.faults.Match;
import io.github.unloadcopy.sandbox.faults.Occasion;
import io.github.unloadcopy.sandbox.faults.Service;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

import java.util.ArrayList;
import java.util.List;

/** The store, save that some keys of a DeleteObjects are not deleted and named among the errors. */
final class FaultyKeys extends ForwardingBlobStore {

    private final Faults faults;

    FaultyKeys(final BlobStore store, final Faults faults) {
        super(store);
        this.faults = faults;
    }

    @Override
    public DeleteObjectsResponse removeBlobs(final DeleteObjectsRequest request) {
        final List<S3Error> errors = new ArrayList<>();
        final List<ObjectIdentifier> deletable = new ArrayList<>();
        for (final ObjectIdentifier object : request.delete().objects()) {
            final Effect effect = faults.decideKey(new Occasion(Service.S3, "DeleteObjects", List.of(request.bucket() + "/" + object.key()), Match.CLIENTS, null));
            if (effect == null) {
                deletable.add(object);
            } else {
                errors.add(S3Error.builder().key(object.key()).versionId(object.versionId()).code(effect.code()).message(Errors.http(Service.S3, effect).message()).build());
            }
        }

        if (errors.isEmpty()) {
            return super.removeBlobs(request);
        }

        final DeleteObjectsResponse response = super.removeBlobs(request.toBuilder().delete(Delete.builder().objects(deletable).build()).build());
        errors.addAll(response.errors());
        return response.toBuilder().errors(errors).build();
    }
}
