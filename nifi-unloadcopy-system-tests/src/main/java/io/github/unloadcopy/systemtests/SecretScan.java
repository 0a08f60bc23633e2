package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Looks for secrets in files, in plain and in gzip, in every form in which they could have been written. Never repeats a secret. */
public final class SecretScan {
    private static final int BUFFER_SIZE = 1 << 18;
    private static final int SHORTEST_FORM = 8;

    private final Map<Integer, List<Form>> formsByStart = new TreeMap<>();
    private final boolean[] starts = new boolean[1 << 16];
    private int longestForm;

    /**
     * A place where a secret stands.
     *
     * @param secret name of the secret, not its value
     * @param place the file, or what else was searched
     */
    public record Hit(String secret, String place) {
    }

    private record Form(String secret, byte[] bytes) {
    }

    /**
     * Adds a secret that is text: it is looked for as it is, in base64, URL encoded, escaped for JSON, and in UTF-16.
     *
     * @param name what hits are reported under
     * @param text the secret, at least 8 characters: a shorter one is found by chance
     */
    public SecretScan addText(final String name, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        final String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
        final String escaped = new String(JsonStringEncoder.getInstance().quoteAsString(text));
        add(name, bytes);
        add(name, Base64.getEncoder().withoutPadding().encode(bytes));
        add(name, text.getBytes(StandardCharsets.UTF_16BE));

        if (!encoded.equals(text)) {
            add(name, encoded.getBytes(StandardCharsets.US_ASCII));
        }

        if (!escaped.equals(text)) {
            add(name, escaped.getBytes(StandardCharsets.UTF_8));
        }

        return this;
    }

    /**
     * Adds a secret that is bytes, such as a data key: it is looked for as it is, in base64 (both alphabets) and in hexadecimal.
     *
     * @param name what hits are reported under
     * @param bytes the secret, at least 8 bytes
     */
    public SecretScan addBytes(final String name, final byte[] bytes) {
        add(name, bytes.clone());
        final byte[] base64 = Base64.getEncoder().withoutPadding().encode(bytes);
        final byte[] urlSafe = Base64.getUrlEncoder().withoutPadding().encode(bytes);
        add(name, base64);

        if (!Arrays.equals(base64, urlSafe)) {
            add(name, urlSafe);
        }

        add(name, HexFormat.of().formatHex(bytes).getBytes(StandardCharsets.US_ASCII));
        add(name, HexFormat.of().withUpperCase().formatHex(bytes).getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    /**
     * Searches every regular file below a folder. A file that vanishes meanwhile is passed over.
     *
     * @return the hits, one per secret and file
     * @throws IOException when a file cannot be read
     */
    public List<Hit> scan(final Path folder) throws IOException {
        final List<Hit> hits = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    hits.addAll(scanFile(file));
                }

                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(final Path file, final IOException exception) throws IOException {
                if (exception instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }

                throw exception;
            }
        });
        return hits;
    }

    /** Searches a text that does not stand in a file. */
    public List<Hit> scan(final String place, final String text) {
        final Map<String, Hit> hits = new LinkedHashMap<>();
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        search(bytes, bytes.length, place, hits);
        return List.copyOf(hits.values());
    }

    private List<Hit> scanFile(final Path file) throws IOException {
        final Map<String, Hit> hits = new LinkedHashMap<>();

        try (InputStream stream = Files.newInputStream(file)) {
            search(stream, file.toString(), hits);
        } catch (final NoSuchFileException exception) {
            return List.of();
        }

        try (InputStream stream = new BufferedInputStream(Files.newInputStream(file))) {
            if (startsLikeGzip(stream)) {
                search(new GZIPInputStream(stream), file.toString(), hits);
            }
        } catch (final ZipException | EOFException | NoSuchFileException exception) {
            // What can be inflated was searched; the rest of the file was searched as it is.
            return List.copyOf(hits.values());
        }

        return List.copyOf(hits.values());
    }

    private boolean startsLikeGzip(final InputStream stream) throws IOException {
        stream.mark(2);
        final boolean gzip = stream.read() == 0x1f && stream.read() == 0x8b;
        stream.reset();
        return gzip;
    }

    private void search(final InputStream stream, final String place, final Map<String, Hit> hits) throws IOException {
        // The end of each piece is searched again with the next one, so that a form across the border is seen.
        final byte[] buffer = new byte[BUFFER_SIZE + longestForm];
        int kept = 0;
        int read = stream.read(buffer, 0, BUFFER_SIZE);

        while (read > 0) {
            final int length = kept + read;
            search(buffer, length, place, hits);
            kept = Math.min(Math.max(longestForm - 1, 0), length);
            System.arraycopy(buffer, length - kept, buffer, 0, kept);
            read = stream.read(buffer, kept, BUFFER_SIZE);
        }
    }

    private void search(final byte[] bytes, final int length, final String place, final Map<String, Hit> hits) {
        for (int index = 0; index < length - 1; index++) {
            final int start = start(bytes, index);

            if (starts[start]) {
                for (final Form form : formsByStart.get(start)) {
                    final int end = index + form.bytes().length;

                    if (end <= length && Arrays.equals(bytes, index, end, form.bytes(), 0, form.bytes().length)) {
                        hits.putIfAbsent(form.secret(), new Hit(form.secret(), place));
                    }
                }
            }
        }
    }

    private void add(final String name, final byte[] bytes) {
        if (bytes.length < SHORTEST_FORM) {
            throw new IllegalArgumentException("The secret \"%s\" is shorter than %d bytes: it would be found by chance.".formatted(name, SHORTEST_FORM));
        }

        formsByStart.computeIfAbsent(start(bytes, 0), start -> new ArrayList<>()).add(new Form(name, bytes));
        starts[start(bytes, 0)] = true;
        longestForm = Math.max(longestForm, bytes.length);
    }

    private static int start(final byte[] bytes, final int index) {
        return (bytes[index] & 0xff) << 8 | bytes[index + 1] & 0xff;
    }
}
