package io.github.unloadcopy.sandbox.s3;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;

/** Keeps new buckets once it is known where they are, which the store does not know yet when it makes them. */
final class KeepFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private final transient KeptObjects kept;

    KeepFilter(final KeptObjects kept) {
        this.kept = kept;
    }

    @Override
    protected void doFilter(final HttpServletRequest request, final HttpServletResponse response, final FilterChain chain) throws IOException, ServletException {
        chain.doFilter(request, response);
        final RequestedOperation operation = RequestedOperation.of(request);
        if (operation.name().equals("CreateBucket") && response.getStatus() == HttpServletResponse.SC_OK) {
            kept.bucketChanged(operation.resource().substring(0, operation.resource().indexOf('/')));
        }
    }
}
