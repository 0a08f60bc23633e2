package io.github.unloadcopy.sandbox.s3;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

import java.io.PrintWriter;
import java.io.Writer;

/** Lets headers and status pass and drops the text, so that another can be sent. */
final class DiscardingResponse extends HttpServletResponseWrapper {

    DiscardingResponse(final HttpServletResponse response) {
        super(response);
    }

    @Override
    public PrintWriter getWriter() {
        return new PrintWriter(Writer.nullWriter());
    }
}
