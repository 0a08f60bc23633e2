package io.github.unloadcopy.sandbox.s3.awssdk;

import java.time.Instant;

/**
 * One version of an object, or a delete marker.
 *
 * @param versionId {@value #NULL_ID} for what was stored while the bucket kept no versions
 * @param body null for a delete marker
 * @param headers null for a delete marker
 */
record StoredVersion(String key, String versionId, Instant modified, Body body, Headers headers) {

    static final String NULL_ID = "null";

    boolean isDeleteMarker() {
        return body == null;
    }

    boolean isNull() {
        return versionId.equals(NULL_ID);
    }
}
