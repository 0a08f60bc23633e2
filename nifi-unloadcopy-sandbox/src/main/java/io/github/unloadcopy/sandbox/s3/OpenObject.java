package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.cloud.StoredObject;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** One object of the store, read as it is asked for. */
record OpenObject(ResponseInputStream<GetObjectResponse> object) implements StoredObject {

    @Override
    public InputStream content() {
        return object;
    }

    @Override
    public long size() {
        return object.response().contentLength();
    }

    @Override
    public Map<String, String> userMetadata() {
        return object.response().metadata();
    }

    @Override
    public void close() {
        try {
            object.close();
        } catch (final IOException e) {
            throw new UncheckedIOException("An object in memory could not be closed", e);
        }
    }
}
