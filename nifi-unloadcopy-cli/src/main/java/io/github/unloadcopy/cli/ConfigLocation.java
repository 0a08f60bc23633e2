package io.github.unloadcopy.cli;

import io.github.unloadcopy.staging.S3Failures;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.StagingException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads configurations, from wherever they are. */
final class ConfigLocation {
    /** As in NiFi: a configuration with a thousand tables has some 50 kB, and whatever is larger than this is not one. */
    private static final int MAXIMUM_BYTES = 1024 * 1024;

    private ConfigLocation() {
    }

    /** A local file; the caller wipes the bytes. */
    static byte[] readFile(final String path) throws CliException {
        try (InputStream stream = Files.newInputStream(Path.of(path))) {
            return bounded(stream, path);
        } catch (final NoSuchFileException e) {
            throw new CliException(ExitStatus.INPUT, "There is no file %s".formatted(path), e);
        } catch (final AccessDeniedException e) {
            throw new CliException(ExitStatus.INPUT, "The file %s may not be read: check its owner and mode".formatted(path), e);
        } catch (final IOException | InvalidPathException e) {
            throw new CliException(ExitStatus.INPUT, "The file %s cannot be read: %s".formatted(path, e.getMessage()), e);
        }
    }

    /** Standard input to its end; the caller wipes the bytes. */
    static byte[] readInput(final StandardInput input) throws CliException, IOException {
        if (input.terminal().isPresent()) {
            throw new CliException(ExitStatus.INPUT, "Standard input is a terminal, which would show what the configuration holds: name a file, or redirect one (< config.json)");
        }

        return bounded(input.stream(), "Standard input");
    }

    /** An object; the caller wipes the bytes. */
    static byte[] readObject(final S3Location object, final S3Client s3) throws CliException, StagingException {
        try (ResponseInputStream<GetObjectResponse> stream = s3.getObject(request -> request.bucket(object.bucket()).key(object.key()))) {
            return bounded(stream, object.toString());
        } catch (final SdkException e) {
            throw S3Failures.wrap("GetObject", "s3:GetObject", object, e);
        } catch (final IOException e) {
            throw new StagingException("%s cannot be read: %s".formatted(object, e.getMessage()), e);
        }
    }

    private static byte[] bounded(final InputStream stream, final String name) throws IOException, CliException {
        final byte[] content = stream.readNBytes(MAXIMUM_BYTES + 1);

        if (content.length > MAXIMUM_BYTES) {
            Arrays.fill(content, (byte) 0);
            throw new CliException(ExitStatus.INPUT, "%s is larger than a configuration may be, %,d bytes".formatted(name, MAXIMUM_BYTES));
        }

        return content;
    }
}
