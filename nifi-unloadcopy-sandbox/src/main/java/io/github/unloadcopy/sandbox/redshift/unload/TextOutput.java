package io.github.unloadcopy.sandbox.redshift.unload;

import io.github.unloadcopy.sandbox.redshift.text.RowEncoder;

import java.io.IOException;

/**
 * Delimited text, in which the files' content is what the encoder has written.
 */
final class TextOutput implements OutputFormat {

    private final RowEncoder encoder;
    private final byte[] header;
    private final FileOpener opener;

    /**
     * @param header the record that begins each file, or null
     */
    TextOutput(final RowEncoder encoder, final byte[] header, final FileOpener opener) {
        this.encoder = encoder;
        this.header = header;
        this.opener = opener;
    }

    @Override
    public RowEncoder encoder() {
        return encoder;
    }

    @Override
    public OutputFile open(final int slice, final int part) throws IOException {
        final OutputFile file = opener.open(slice, part);
        if (header != null) {
            file.write(header, header.length, 1);
        }

        return file;
    }

    /** Opens the files of a slice. */
    @FunctionalInterface
    interface FileOpener {

        OutputFile open(int slice, int part) throws IOException;
    }
}
