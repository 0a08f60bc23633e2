package io.github.unloadcopy.sandbox.s3;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/**
 * A request with every slash of its key as it is: some clients send the second of two slashes as {@code %2F} so that nothing on the way takes it for superfluous, and sign it as a slash all the same,
 * since S3's signatures leave slashes alone ("Create a signed AWS API request", IAM User Guide).
 */
final class SlashedRequest extends HttpServletRequestWrapper {

    SlashedRequest(final HttpServletRequest request) {
        super(request);
    }

    @Override
    public String getRequestURI() {
        return super.getRequestURI().replace("%2F", "/").replace("%2f", "/");
    }
}
