package io.github.unloadcopy.sandbox.s3;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** An answer whose body goes through another stream. */
final class FilteredResponse extends HttpServletResponseWrapper {

    private final UnaryOperator<OutputStream> filter;
    private ServletOutputStream stream;
    private PrintWriter writer;

    FilteredResponse(final HttpServletResponse response, final UnaryOperator<OutputStream> filter) {
        super(response);
        this.filter = filter;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (stream == null) {
            stream = new Stream(filter.apply(super.getOutputStream()));
        }

        return stream;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (writer == null) {
            writer = new PrintWriter(new OutputStreamWriter(getOutputStream(), StandardCharsets.UTF_8));
        }

        return writer;
    }

    /** What is in the writer's buffer has to go through the stream before the answer is sent. */
    @Override
    public void flushBuffer() throws IOException {
        if (writer != null) {
            writer.flush();
        }

        super.flushBuffer();
    }

    private static final class Stream extends ServletOutputStream {

        private final OutputStream target;

        Stream(final OutputStream target) {
            this.target = target;
        }

        @Override
        public void write(final int value) throws IOException {
            target.write(value);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException {
            target.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            target.flush();
        }

        @Override
        public void close() throws IOException {
            target.close();
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(final WriteListener listener) {
            throw new UnsupportedOperationException("Answers are written by one thread each.");
        }
    }
}
