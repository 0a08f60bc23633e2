package io.github.unloadcopy.staging;

import io.github.unloadcopy.kms.Secret;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

import java.io.IOException;

/** Reads manifests that UNLOAD wrote. Needs s3:GetObject, kms:Decrypt for SSE-KMS, and s3:ListBucket to tell a missing manifest from a forbidden one. */
public final class ManifestReader {
    /** A manifest has some 200 bytes per file, so this is beyond a hundred thousand files. */
    private static final int LARGEST = 64 * 1024 * 1024;

    private final S3Client s3;

    /**
     * A reader.
     *
     * @param s3 client that reaches the bucket; the caller closes it
     */
    public ManifestReader(final S3Client s3) {
        this.s3 = s3;
    }

    /**
     * Reads one manifest. Whether UNLOAD encrypts it along with the data in client-side mode depends on the cluster, so the object itself decides.
     *
     * @param manifest where it is
     * @param masterKeyOrNull master symmetric key of client-side encryption; null when there is none
     * @return the manifest, all of whose files are in its own folder
     * @throws ManifestMissingException when there is no such object
     * @throws StagingException when it cannot be read, decrypted or trusted
     */
    public UnloadManifest read(final S3Location manifest, final Secret masterKeyOrNull) throws StagingException {
        final byte[] document;

        try (ResponseInputStream<GetObjectResponse> object = s3.getObject(request -> request.bucket(manifest.bucket()).key(manifest.key()))) {
            final byte[] stored = object.readNBytes(LARGEST + 1);

            if (stored.length > LARGEST) {
                object.abort();
                throw new StagingException("%s has more than %d bytes: it is no manifest of UNLOAD".formatted(manifest, LARGEST));
            }

            document = ClientSideEnvelope.open(manifest, stored, object.response().metadata(), masterKeyOrNull);
        } catch (final SdkException e) {
            if (S3Failures.code(e).equals("NoSuchKey")) {
                throw new ManifestMissingException("There is no manifest at %s (NoSuchKey): the UNLOAD wrote none, or it was purged already".formatted(manifest), e);
            }

            throw S3Failures.wrap("GetObject", "s3:GetObject", manifest, e);
        } catch (final IOException e) {
            throw new StagingException("%s could not be read to its end: %s. Try again".formatted(manifest, e.getMessage()), e);
        }

        final UnloadManifest read;

        try {
            read = UnloadManifest.parse(document);
        } catch (final StagingException e) {
            throw new StagingException(manifest + ": " + e.getMessage(), e);
        }

        read.requireBelow(manifest.parent());
        return read;
    }
}
