package io.github.unloadcopy.staging;

import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.kms.Secret;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ManifestReaderIT {
    private final SandboxSession sandbox = SandboxSession.get();
    private final ManifestReader reader = new ManifestReader(sandbox.s3());
    private final S3Location folder = S3Location.parse("s3://%s/manifests/%s/".formatted(SandboxSession.BUCKET, UUID.randomUUID()));
    private final S3Location manifest = folder.resolve("manifest");

    @Test
    void readsAPlainManifestWhetherAKeyIsGivenOrNot() throws StagingException {
        put("{\"entries\":[{\"url\":\"%s0000_part_00\",\"meta\":{\"content_length\":5,\"record_count\":2}}]}".formatted(folder));

        assertEquals(2, reader.read(manifest, null).rows());

        try (Secret key = Secret.of(new byte[32])) {
            assertEquals(2, reader.read(manifest, key).rows());
        }
    }

    @Test
    void tellsAMissingManifestFromAMissingBucket() {
        final ManifestMissingException missing = assertThrows(ManifestMissingException.class, () -> reader.read(manifest, null));
        assertTrue(missing.getMessage().contains(manifest.toString()), missing.getMessage());

        final StagingException bucket = assertThrows(StagingException.class, () -> reader.read(new S3Location("missing-" + UUID.randomUUID(), "manifest"), null));
        assertFalse(bucket instanceof ManifestMissingException, bucket.getMessage());
        assertTrue(bucket.getMessage().contains("NoSuchBucket"), bucket.getMessage());
    }

    @Test
    void refusesAManifestThatNamesOtherFolders() {
        put("{\"entries\":[{\"url\":\"s3://%s/elsewhere\"}]}".formatted(SandboxSession.BUCKET));

        final StagingException failure = assertThrows(StagingException.class, () -> reader.read(manifest, null));
        assertTrue(failure.getMessage().contains("which is not below " + folder), failure.getMessage());
    }

    @Test
    void namesTheManifestThatIsNone() {
        put("<html>");

        final StagingException failure = assertThrows(StagingException.class, () -> reader.read(manifest, null));
        assertTrue(failure.getMessage().startsWith(manifest + ": The manifest is not JSON"), failure.getMessage());
    }

    private void put(final String content) {
        sandbox.s3().putObject(request -> request.bucket(manifest.bucket()).key(manifest.key()), RequestBody.fromString(content));
    }
}
