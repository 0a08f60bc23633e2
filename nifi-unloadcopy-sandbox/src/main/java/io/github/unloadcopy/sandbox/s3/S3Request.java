package io.github.unloadcopy.sandbox.s3;

import jakarta.servlet.http.HttpServletRequest;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request says about itself before anybody checked it.
 *
 * @param bucket null when the request names none
 * @param accessKeyId null when the request is not signed
 * @param region the Region it is signed for, null when the request is not signed
 * @param sessionToken null when it carries none
 */
record S3Request(Kind kind, String bucket, String accessKeyId, String region, String sessionToken) {

    private static final Pattern CREDENTIAL = Pattern.compile("Credential=([^/, ]+)/\\d{8}/([^/, ]+)/");
    private static final int PATH_PARTS = 3;

    S3Request(final HttpServletRequest request) {
        this(kindOf(request), bucketOf(request), credentialPart(request, 1), credentialPart(request, 2), sessionTokenOf(request));
    }

    private static Kind kindOf(final HttpServletRequest request) {
        final boolean namesBucketOnly = bucketOf(request) != null && !namesKey(request);
        if (namesBucketOnly && request.getMethod().equals("PUT") && request.getQueryString() == null) {
            return Kind.CREATE_BUCKET;
        }

        if (!request.getMethod().equals("GET")) {
            return Kind.OTHER;
        }

        if (namesBucketOnly) {
            return request.getParameter("location") == null ? Kind.OTHER : Kind.GET_BUCKET_LOCATION;
        }

        return namesKey(request) && request.getParameter("attributes") != null ? Kind.GET_OBJECT_ATTRIBUTES : Kind.OTHER;
    }

    private static String bucketOf(final HttpServletRequest request) {
        final String[] path = request.getRequestURI().split("/", PATH_PARTS);
        return path.length < 2 || path[1].isEmpty() ? null : URLDecoder.decode(path[1], StandardCharsets.UTF_8);
    }

    private static boolean namesKey(final HttpServletRequest request) {
        final String[] path = request.getRequestURI().split("/", PATH_PARTS);
        return path.length == PATH_PARTS && !path[2].isEmpty();
    }

    private static String credentialPart(final HttpServletRequest request, final int part) {
        final String header = request.getHeader("Authorization");
        final String credential = header == null ? "Credential=" + request.getParameter("X-Amz-Credential") : header;
        final Matcher matcher = CREDENTIAL.matcher(credential);
        return matcher.find() ? matcher.group(part) : null;
    }

    private static String sessionTokenOf(final HttpServletRequest request) {
        final String header = request.getHeader("X-Amz-Security-Token");
        return header == null ? request.getParameter("X-Amz-Security-Token") : header;
    }

    /** The operations that the sandbox has a hand in. */
    enum Kind {
        CREATE_BUCKET, GET_BUCKET_LOCATION, GET_OBJECT_ATTRIBUTES, OTHER
    }
}
