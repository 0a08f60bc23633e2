package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.iam.Iam;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Headers that ask S3 for something that the sandbox has not, and that S3Proxy would pass over in silence.
 */
final class IgnoredHeaders {

    private static final List<String> PREFIXES = List.of("x-amz-tagging", "x-amz-object-lock", "x-amz-bucket-object-lock", "x-amz-grant-", "x-amz-website-redirect-location",
            "x-amz-write-offset-bytes", "x-amz-mfa", "x-amz-object-ownership");
    private static final String OWNER = "x-amz-expected-bucket-owner";

    private IgnoredHeaders() {
    }

    /**
     * @throws CloudException NotImplemented, which names the header; AccessDenied when a bucket is expected to be another account's
     */
    static void refuse(final HttpServletRequest request) {
        for (final String header : Collections.list(request.getHeaderNames())) {
            final String name = header.toLowerCase(Locale.ROOT);
            if (PREFIXES.stream().anyMatch(name::startsWith)) {
                throw new CloudException("NotImplemented", HttpServletResponse.SC_NOT_IMPLEMENTED, "A header you provided implies functionality that the sandbox does not have: " + name);
            }

            if (name.equals(OWNER) && !request.getHeader(header).equals(Iam.ACCOUNT_ID)) {
                throw new CloudException("AccessDenied", HttpServletResponse.SC_FORBIDDEN, "Access Denied");
            }
        }
    }
}
