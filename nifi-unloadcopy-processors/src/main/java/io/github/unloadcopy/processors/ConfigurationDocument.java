package io.github.unloadcopy.processors;

import io.github.unloadcopy.staging.S3Failures;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.StagingException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A configuration as it was read, and where from.
 *
 * @param uri what messages and provenance name
 * @param identity what it has in common with the same configuration when it is read another time
 * @param content at most {@link #MAXIMUM_BYTES} bytes
 */
record ConfigurationDocument(String uri, String identity, byte[] content) {

    /** A configuration with a thousand tables has some 50 kB; whatever is larger than this is not one. */
    static final int MAXIMUM_BYTES = 1024 * 1024;

    /** A configuration that came as a FlowFile's content, by which it is told from others. */
    static ConfigurationDocument ofFlowFile(final String uuid, final byte[] content) {
        try {
            final byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return new ConfigurationDocument("FlowFile " + uuid, "sha256:" + HexFormat.of().formatHex(digest), content);
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /**
     * Reads a configuration from the local file system or from S3.
     *
     * @param location a path or s3://bucket/key
     * @throws InvalidFlowFileException when the location is none, or the file cannot be read
     * @throws StagingException when S3 does not give the object
     */
    static ConfigurationDocument load(final String location, final S3Client s3Client) throws InvalidFlowFileException, StagingException {
        if (location == null || location.isBlank()) {
            throw new InvalidFlowFileException("Property %s is empty for this FlowFile".formatted(DecryptConfig.CONFIGURATION_LOCATION.getName()));
        }

        return location.strip().startsWith("s3://") ? fromS3(location.strip(), s3Client) : fromFile(location.strip());
    }

    private static ConfigurationDocument fromS3(final String location, final S3Client s3Client) throws InvalidFlowFileException, StagingException {
        final S3Location object;

        try {
            object = S3Location.parse(location);
        } catch (final IllegalArgumentException e) {
            throw new InvalidFlowFileException("The configuration cannot be read from %s: %s".formatted(location, e.getMessage()), e);
        }

        try (ResponseInputStream<GetObjectResponse> stream = s3Client.getObject(request -> request.bucket(object.bucket()).key(object.key()))) {
            return new ConfigurationDocument(location, location, readBounded(location, stream));
        } catch (final SdkException e) {
            throw S3Failures.wrap("GetObject", "s3:GetObject", object, e);
        } catch (final IOException e) {
            throw new StagingException("The configuration cannot be read from %s: %s".formatted(location, e.getMessage()), e);
        }
    }

    private static ConfigurationDocument fromFile(final String location) throws InvalidFlowFileException {
        try {
            final Path path = Path.of(location);
            try (InputStream stream = Files.newInputStream(path)) {
                return new ConfigurationDocument(path.toUri().toString(), location, readBounded(location, stream));
            }
        } catch (final NoSuchFileException e) {
            throw new InvalidFlowFileException("There is no configuration file %s on this node".formatted(location), e);
        } catch (final IOException | InvalidPathException e) {
            throw new InvalidFlowFileException("The configuration file %s cannot be read: %s".formatted(location, e.getMessage()), e);
        }
    }

    private static byte[] readBounded(final String location, final InputStream stream) throws IOException, InvalidFlowFileException {
        final byte[] content = stream.readNBytes(MAXIMUM_BYTES + 1);

        if (content.length > MAXIMUM_BYTES) {
            throw new InvalidFlowFileException("%s is larger than a configuration may be, %d bytes".formatted(location, MAXIMUM_BYTES));
        }

        return content;
    }
}
