package io.github.unloadcopy.sandbox.s3;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Collections;

/**
 * The answer to GetObjectAttributes, to which ObjectParts is added: how many parts an object came in, without the parts themselves, which S3 lists for objects whose parts have checksums
 * (GetObjectAttributes, Amazon S3 API Reference).
 */
final class ObjectAttributes extends HttpServletResponseWrapper implements AutoCloseable {

    private static final String END = "</GetObjectAttributesOutput>";
    private static final int MOST_PARTS = 1000;

    private final StringWriter text = new StringWriter();
    private final PrintWriter writer = new PrintWriter(text);

    ObjectAttributes(final HttpServletResponse response) {
        super(response);
    }

    static boolean asksForParts(final HttpServletRequest request) {
        return Collections.list(request.getHeaders("x-amz-object-attributes")).stream().flatMap(names -> Arrays.stream(names.split(","))).anyMatch(name -> name.strip().equals("ObjectParts"));
    }

    @Override
    public PrintWriter getWriter() {
        return writer;
    }

    /**
     * Sends what was written, if anything was.
     *
     * @param parts 0 to add nothing
     */
    void send(final int parts) throws IOException {
        writer.flush();
        final String added = parts == 0 ? "" : "<ObjectParts><IsTruncated>false</IsTruncated><MaxParts>" + MOST_PARTS + "</MaxParts><NextPartNumberMarker>0</NextPartNumberMarker>"
                + "<PartNumberMarker>0</PartNumberMarker><PartsCount>" + parts + "</PartsCount></ObjectParts>";
        getResponse().getWriter().write(text.toString().replace(END, added + END));
        getResponse().getWriter().flush();
    }

    @Override
    public void close() {
        writer.close();
    }
}
