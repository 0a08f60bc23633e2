package io.github.unloadcopy.staging;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The list of files that one UNLOAD wrote (Database Developer Guide, UNLOAD, "MANIFEST").
 *
 * @param entries the files, in the order of the manifest
 * @param rows rows in all files, -1 when the manifest does not tell
 * @param bytes bytes in all files, -1 when the manifest does not tell
 * @param sha256 SHA-256 of the document, in hexadecimal digits
 */
public record UnloadManifest(List<Entry> entries, long rows, long bytes, String sha256) {
    private static final long NOT_TOLD = -1;
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /**
     * One file.
     *
     * @param url s3://bucket/key
     * @param bytes its size, -1 when the manifest does not tell
     * @param rows rows in it, -1 when the manifest does not tell
     */
    public record Entry(String url, long bytes, long rows) {
    }

    public UnloadManifest {
        entries = List.copyOf(entries);
    }

    /**
     * Reads a manifest, plain or VERBOSE.
     *
     * @param json the document
     * @return the manifest
     * @throws StagingException when it is no manifest, names a file twice (COPY would load it twice) or contradicts itself
     */
    public static UnloadManifest parse(final byte[] json) throws StagingException {
        final JsonNode document;

        try {
            document = JSON.readTree(json);
        } catch (final JsonProcessingException e) {
            throw new StagingException("The manifest is not JSON (line %d): it was cut, changed or encrypted with another key; unload the table again".formatted(
                    e.getLocation() == null ? 0 : e.getLocation().getLineNr()), e);
        } catch (final IOException e) {
            throw new UncheckedIOException("Reading from an array does not fail", e);
        }

        if (document == null || !document.isObject() || !document.path("entries").isArray()) {
            throw new StagingException("The manifest has no list of entries: it is not one that UNLOAD wrote");
        }

        final List<Entry> entries = new ArrayList<>();
        final Set<String> urls = new HashSet<>();

        for (final JsonNode node : document.get("entries")) {
            final Entry entry = entry(node, entries.size());

            if (!urls.add(entry.url())) {
                throw new StagingException("The manifest names %s twice: COPY would load it twice".formatted(entry.url()));
            }

            entries.add(entry);
        }

        final long rows = total("record_count", document, entries.stream().mapToLong(Entry::rows).toArray());
        final long bytes = total("content_length", document, entries.stream().mapToLong(Entry::bytes).toArray());
        return new UnloadManifest(entries, rows, bytes, sha256(json));
    }

    /**
     * Refuses a manifest that names a file outside a folder.
     *
     * @param prefix the folder
     * @throws StagingException naming the first file that is elsewhere
     */
    public void requireBelow(final S3Location prefix) throws StagingException {
        for (final Entry entry : entries) {
            if (!prefix.contains(S3Location.parse(entry.url()))) {
                throw new StagingException("The manifest names %s, which is not below %s: it was changed after the UNLOAD, so it is not loaded".formatted(entry.url(), prefix));
            }
        }
    }

    private static String sha256(final byte[] document) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(document));
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static Entry entry(final JsonNode node, final int index) throws StagingException {
        final JsonNode url = node.path("url");

        if (!url.isTextual()) {
            throw new StagingException("Entry %d of the manifest has no url".formatted(index + 1));
        }

        try {
            if (S3Location.parse(url.asText()).key().isEmpty()) {
                throw new StagingException("Entry %d of the manifest names a bucket instead of a file: %s".formatted(index + 1, url.asText()));
            }
        } catch (final IllegalArgumentException e) {
            throw new StagingException("Entry %d of the manifest has no usable url: %s".formatted(index + 1, e.getMessage()), e);
        }

        final JsonNode meta = node.path("meta");
        return new Entry(url.asText(), count(meta, "content_length", "entry " + (index + 1)), count(meta, "record_count", "entry " + (index + 1)));
    }

    private static long count(final JsonNode meta, final String name, final String place) throws StagingException {
        final JsonNode value = meta.path(name);

        if (value.isMissingNode() || value.isNull()) {
            return NOT_TOLD;
        }

        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw new StagingException("%s of %s in the manifest is no count".formatted(name, place));
        }

        return value.longValue();
    }

    private static long total(final String name, final JsonNode document, final long[] counts) throws StagingException {
        final long told = count(document.path("meta"), name, "the whole");
        long sum = 0;

        for (final long count : counts) {
            if (count == NOT_TOLD) {
                return told;
            }

            try {
                sum = Math.addExact(sum, count);
            } catch (final ArithmeticException e) {
                throw new StagingException("The sum of %s over the manifest's entries is beyond any count".formatted(name), e);
            }
        }

        if (told != NOT_TOLD && told != sum) {
            throw new StagingException("The manifest contradicts itself: its total %s is %d, its entries add up to %d; unload the table again".formatted(name, told, sum));
        }

        return told == NOT_TOLD && counts.length == 0 ? 0 : sum;
    }
}
