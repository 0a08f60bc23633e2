package io.github.unloadcopy.sandbox.s3;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unloadcopy.sandbox.files.SecretFile;
import io.github.unloadcopy.sandbox.s3.awssdk.Buckets;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * Buckets and objects in a folder, one file each, written as soon as something changes and before the client hears of it.
 *
 * <p>What is kept of a bucket: its name and Region. Of an object: the current version with its content, metadata, headers, and the KMS key that it is encrypted under; it is encrypted anew when it
 * is read back. Not kept: earlier versions, uploads in parts that are not completed, access control lists, tags, a bucket's settings and policy, the dates of objects, and objects whose keys
 * their clients have (SSE-C). Content lies in the folder as it is, for the owner of the folder only.
 */
final class KeptObjects {

    private static final String BUCKET_FILE = "bucket.json";
    private static final String KMS = "aws:kms";
    private static final int LONGEST_HEADER = 1 << 20;

    private final ObjectMapper mapper = new ObjectMapper();
    private final Path folder;
    private final BlobStore store;
    private final Buckets buckets;

    /**
     * @param store as somebody sees it who may do everything
     */
    KeptObjects(final Path folder, final BlobStore store, final Buckets buckets) throws IOException {
        this.folder = SecretFile.folder(folder);
        this.store = store;
        this.buckets = buckets;
    }

    /** Puts everything into the store. */
    void restore() {
        try {
            restoreAll();
        } catch (final IOException e) {
            throw new UncheckedIOException("What S3 has kept could not be read: " + e.getMessage(), e);
        }
    }

    private void restoreAll() throws IOException {
        try (DirectoryStream<Path> kept = Files.newDirectoryStream(folder)) {
            for (final Path bucket : kept) {
                restoreBucket(bucket);
            }
        }
    }

    private void restoreBucket(final Path bucketFolder) throws IOException {
        final Path description = bucketFolder.resolve(BUCKET_FILE);
        if (!Files.exists(description)) {
            return;
        }

        final KeptBucket bucket = mapper.readValue(Files.readAllBytes(description), KeptBucket.class);
        store.createContainer(CreateBucketRequest.builder().bucket(bucket.name()).build());
        buckets.created(bucket.name(), bucket.region());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(bucketFolder, "*.object")) {
            for (final Path file : files) {
                restoreObject(bucket.name(), file);
            }
        }
    }

    private void restoreObject(final String bucket, final Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            final byte[] header = readLine(content);
            final KeptObject object = mapper.readValue(header, KeptObject.class);
            store.putBlob(PutObjectRequest.builder().bucket(bucket).key(object.key()).contentLength(Files.size(file) - header.length - 1).metadata(object.metadata())
                    .contentType(object.contentType()).contentEncoding(object.contentEncoding()).cacheControl(object.cacheControl()).contentDisposition(object.contentDisposition())
                    .contentLanguage(object.contentLanguage()).serverSideEncryption(object.encryption()).ssekmsKeyId(KMS.equals(object.encryption()) ? object.kmsKeyId() : null).build(), content);
        } catch (final AwsServiceException e) {
            throw new IOException("An object of " + bucket + " could not be put back from " + file + ": " + e.getMessage(), e);
        }
    }

    private static byte[] readLine(final InputStream content) throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = content.read();
        while (next >= 0 && next != '\n' && line.size() < LONGEST_HEADER) {
            line.write(next);
            next = content.read();
        }

        return line.toByteArray();
    }

    /** Keeps a bucket as it is now, or its absence. */
    synchronized void bucketChanged(final String bucket) {
        try {
            final Path file = folder.resolve(bucket).resolve(BUCKET_FILE);
            if (store.containerExists(bucket)) {
                SecretFile.write(SecretFile.folder(folder.resolve(bucket)).resolve(BUCKET_FILE), mapper.writeValueAsBytes(new KeptBucket(bucket, buckets.regionOf(bucket))));
            } else if (Files.exists(file)) {
                Files.delete(file);
                clear(folder.resolve(bucket));
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("The bucket " + bucket + " could not be kept", e);
        }
    }

    private static void clear(final Path bucketFolder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(bucketFolder)) {
            for (final Path file : files) {
                Files.delete(file);
            }
        }

        Files.delete(bucketFolder);
    }

    /** Keeps an object as it is now, or its absence. */
    synchronized void objectChanged(final String bucket, final String key) {
        try {
            final Path bucketFolder = folder.resolve(bucket);
            if (!Files.exists(bucketFolder)) {
                bucketChanged(bucket);
            }

            write(bucket, key, bucketFolder);
        } catch (final IOException e) {
            throw new UncheckedIOException("The object " + bucket + "/" + key + " could not be kept", e);
        }
    }

    private void write(final String bucket, final String key, final Path bucketFolder) throws IOException {
        final Path file = bucketFolder.resolve(digest(key) + ".object");
        try (ResponseInputStream<GetObjectResponse> object = store.getBlob(GetObjectRequest.builder().bucket(bucket).key(key).build())) {
            final Path written = SecretFile.create(bucketFolder);
            try (OutputStream output = Files.newOutputStream(written)) {
                output.write(mapper.writeValueAsBytes(KeptObject.of(key, object.response())));
                output.write('\n');
                object.transferTo(output);
            }

            SecretFile.move(written, file);
        } catch (final AwsServiceException e) {
            // It is deleted, or only its client has the key to it; but what is under a key that is disabled now stays as it was.
            if (!String.valueOf(S3Exceptions.errorCode(e)).startsWith("KMS.")) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static String digest(final String key) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private record KeptBucket(String name, String region) {
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record KeptObject(String key, Map<String, String> metadata, String contentType, String contentEncoding, String cacheControl, String contentDisposition, String contentLanguage,
            String encryption, String kmsKeyId) {

        static KeptObject of(final String key, final GetObjectResponse object) {
            return new KeptObject(key, object.metadata(), object.contentType(), object.contentEncoding(), object.cacheControl(), object.contentDisposition(), object.contentLanguage(),
                    object.serverSideEncryptionAsString(), object.ssekmsKeyId());
        }
    }
}
