package io.github.unloadcopy.sandbox.cloud;

import java.io.InputStream;
import java.util.Map;

/**
 * An object that is open for reading; closing it closes its content.
 */
public interface StoredObject extends AutoCloseable {

    InputStream content();

    /** Bytes as stored. */
    long size();

    /** The {@code x-amz-meta-} headers, without that prefix, in lower case. */
    Map<String, String> userMetadata();

    @Override
    void close();
}
