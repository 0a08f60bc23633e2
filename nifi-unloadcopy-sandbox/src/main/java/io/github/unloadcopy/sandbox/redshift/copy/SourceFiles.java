package io.github.unloadcopy.sandbox.redshift.copy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.ObjectSummary;
import io.github.unloadcopy.sandbox.cloud.StoredObject;
import io.github.unloadcopy.sandbox.redshift.parquet.ScanException;
import io.github.unloadcopy.sandbox.redshift.parquet.SourceName;
import io.github.unloadcopy.sandbox.redshift.s3.Envelope;
import io.github.unloadcopy.sandbox.redshift.s3.StatementStore;
import io.github.unloadcopy.sandbox.redshift.sql.Compression;
import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import io.github.unloadcopy.sandbox.redshift.sql.S3Location;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.text.CompressedStreams;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The files that a COPY reads: those of a manifest, or every object below a prefix. Rules: page "COPY from Amazon S3" of the Redshift Database Developer Guide.
 */
final class SourceFiles {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_MANIFEST = 64 * 1024 * 1024;

    private final CopyStatement statement;
    private final StatementStore store;

    SourceFiles(final CopyStatement statement, final StatementStore store) {
        this.statement = statement;
        this.store = store;
    }

    List<Entry> list() throws IOException {
        store.checkRegion(statement.source());
        return statement.manifest() ? fromManifest() : fromPrefix();
    }

    /**
     * Opens a file's text, decrypted and decompressed.
     *
     * @return null when the file is missing and may be
     * @throws SqlError when it cannot be read
     */
    InputStream open(final Entry entry) throws IOException {
        final StoredObject object = entry.mandatory() ? store.open(entry.location()) : store.openIfPresent(entry.location());
        if (object == null) {
            return null;
        }

        try {
            final InputStream content = decrypted(entry, object);
            return object.size() == 0 ? content : CompressedStreams.decompress(content, statement.compression());
        } catch (final IOException | RuntimeException e) {
            object.close();
            throw e;
        }
    }

    /** What a failure to read a file is called. */
    SqlError failure(final Entry entry, final Exception e) {
        final String context = "Reading " + entry.location();
        return switch (e) {
            case final SqlError known -> known;
            case final CloudException refused -> store.failure(refused, context);
            case final ScanException scan -> scanFailure(scan);
            case final Envelope.WrongKeyException wrongKey -> wrongKey(entry.location());
            case final IOException damaged when statement.compression() != Compression.NONE -> {
                final String name = statement.compression().name();
                yield store.failure(name + ": " + entry.location() + " is no whole " + name.toLowerCase(Locale.ROOT) + " file: " + damaged.getMessage(), context);
            }
            default -> store.failure("S3 object " + entry.location() + " could not be read to its end: " + e.getMessage(), context);
        };
    }

    private SqlError scanFailure(final ScanException e) {
        return store.scanFailure(e.code(), e.code() == ScanException.SCAN ? "Spectrum Scan Error" : e.getMessage(), e.code() == ScanException.SCAN ? e.getMessage() : "query execution");
    }

    /** What a file is called in messages of the engine that reads columnar files. */
    SourceName name(final Entry entry) {
        return SourceName.of(store.region(), entry.location().bucket(), entry.location().key());
    }

    private SqlError wrongKey(final S3Location location) {
        return store.failure("S3 client-side encryption: the data key of " + location + " cannot be decrypted with the given master symmetric key", "Decrypting " + location);
    }

    private InputStream decrypted(final Entry entry, final StoredObject object) throws IOException {
        if (store.envelope() == null) {
            return object.content();
        }

        if (!Envelope.isSealed(object.userMetadata())) {
            throw store.failure("S3 client-side encryption: " + entry.location() + " holds no encrypted data key (x-amz-key): it was not written with a master symmetric key", "Decrypting "
                    + entry.location());
        }

        return store.envelope().open(object.userMetadata(), object.content());
    }

    private List<Entry> fromPrefix() {
        final List<Entry> entries = new ArrayList<>();
        for (final ObjectSummary object : store.list(statement.source())) {
            entries.add(new Entry(statement.source().withKey(object.key()), true, object.size()));
        }

        if (entries.isEmpty()) {
            throw nothingFound();
        }

        return entries;
    }

    /** What a COPY without any file is told: whatever a manifest says of its files, there must be one. */
    SqlError nothingFound() {
        final S3Location source = statement.source();
        return statement.manifest() ? store.failure("No files were found that the manifest " + source + " lists", "Reading manifest " + source)
                : store.failure("The specified S3 prefix '" + source.key() + "' does not exist", "Listing bucket=" + source.bucket() + " prefix=" + source.key());
    }

    private List<Entry> fromManifest() throws IOException {
        final List<Entry> entries = new ArrayList<>();
        for (final JsonNode element : readManifest().path("entries")) {
            final JsonNode url = element.path("url");
            if (!url.isTextual()) {
                throw manifestFailure("an entry has no url");
            }

            final S3Location location = S3Location.parse("COPY", url.textValue());
            store.checkRegion(location);
            final JsonNode length = element.path("meta").path("content_length");
            if (statement.format() instanceof CopyStatement.Parquet && !length.isIntegralNumber()) {
                throw manifestFailure("the entry of " + location + " has no meta.content_length, which columnar formats need");
            }

            entries.add(new Entry(location, element.path("mandatory").asBoolean(false), length.asLong(-1)));
        }

        return entries;
    }

    private JsonNode readManifest() throws IOException {
        final S3Location location = statement.source();
        try (StoredObject object = store.open(location)) {
            final InputStream content = store.envelope() != null && Envelope.isSealed(object.userMetadata()) ? store.envelope().open(object.userMetadata(), object.content()) : object.content();
            final byte[] text = content.readNBytes(LARGEST_MANIFEST + 1);
            if (text.length > LARGEST_MANIFEST) {
                throw manifestFailure("it is larger than 64 MB");
            }

            final JsonNode manifest = JSON.readTree(text);
            if (!manifest.path("entries").isArray()) {
                throw manifestFailure("it has no array named entries");
            }

            return manifest;
        } catch (final Envelope.WrongKeyException e) {
            throw wrongKey(location);
        } catch (final JacksonException e) {
            throw manifestFailure("it is not JSON");
        }
    }

    private SqlError manifestFailure(final String reason) {
        return store.failure("Invalid manifest file " + statement.source() + ": " + reason, "Reading manifest " + statement.source());
    }

    /**
     * One file.
     *
     * @param mandatory whether the COPY fails when there is none
     * @param contentLength bytes that it is said to have, -1 where nothing is said
     */
    record Entry(S3Location location, boolean mandatory, long contentLength) {
    }
}
