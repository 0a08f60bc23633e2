package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement.Encoding;
import org.apache.commons.io.input.ReaderInputStream;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Reads a file's text as UTF-8, whatever its encoding: parameter ENCODING of the page "Data conversion parameters". Text that is not in the encoding ends with a
 * {@link CharacterCodingException}.
 */
final class EncodedStream {

    private static final int MARK_BYTES = 2;

    private EncodedStream() {
    }

    /**
     * @throws CharacterCodingException when UTF16 is named and the file has no byte order mark
     */
    static InputStream open(final InputStream source, final Encoding encoding) throws IOException {
        if (encoding == Encoding.UTF8) {
            return source;
        }

        final PushbackInputStream content = new PushbackInputStream(source, MARK_BYTES);
        final Charset charset = encoding == Encoding.ISO88591 ? encoding.charset() : marked(content, encoding);
        return ReaderInputStream.builder().setReader(new InputStreamReader(content, charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT))).setCharset(StandardCharsets.UTF_8).get();
    }

    /** Takes the byte order mark, which UTF16 needs and the others may have. */
    private static Charset marked(final PushbackInputStream content, final Encoding encoding) throws IOException {
        final byte[] mark = content.readNBytes(MARK_BYTES);
        final boolean little = mark.length == MARK_BYTES && mark[0] == (byte) 0xFF && mark[1] == (byte) 0xFE;
        final boolean big = mark.length == MARK_BYTES && mark[0] == (byte) 0xFE && mark[1] == (byte) 0xFF;
        if (encoding == Encoding.UTF16 && !little && !big && mark.length > 0) {
            throw new CharacterCodingException();
        }

        if (!(encoding == Encoding.UTF16LE ? little : encoding == Encoding.UTF16BE ? big : little || big)) {
            content.unread(mark);
        }

        return encoding != Encoding.UTF16 ? encoding.charset() : little ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
    }
}
