package io.github.unloadcopy.sandbox.s3;

import jakarta.servlet.http.HttpServletRequest;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Which of S3's operations a request asks for, told by its method, path and query alone, as the Amazon S3 API Reference has them.
 *
 * @param name {@code Unknown} for those that the sandbox has no faults for
 * @param resource {@code bucket/key}; for a listing {@code bucket/prefix}
 */
record RequestedOperation(String name, String resource) {

    static final String UNKNOWN = "Unknown";

    private static final String COPY_SOURCE = "x-amz-copy-source";
    /** A subresource in the query makes another operation of the request: those that have no name here are none of an object's or a bucket's own. */
    private static final Set<String> SUBRESOURCES = Set.of("acl", "cors", "encryption", "lifecycle", "location", "logging", "notification", "object-lock", "ownershipControls", "policy",
            "policyStatus", "publicAccessBlock", "replication", "requestPayment", "retention", "legal-hold", "tagging", "torrent", "versioning", "versions", "website", "attributes", "restore",
            "select", "accelerate", "analytics", "inventory", "metrics", "intelligent-tiering");
    private static final int PATH_PARTS = 3;

    static RequestedOperation of(final HttpServletRequest request) {
        final String[] path = request.getRequestURI().split("/", PATH_PARTS);
        final String bucket = path.length < 2 ? "" : decode(path[1]);
        final String key = path.length < PATH_PARTS ? "" : decode(path[2]);
        if (bucket.isEmpty()) {
            return new RequestedOperation(request.getMethod().equals("GET") ? "ListBuckets" : UNKNOWN, "");
        }

        if (key.isEmpty()) {
            final String prefix = request.getParameter("prefix");
            return new RequestedOperation(onBucket(request), bucket + "/" + (prefix == null ? "" : prefix));
        }

        return new RequestedOperation(onObject(request), bucket + "/" + key);
    }

    private static String onBucket(final HttpServletRequest request) {
        if (hasSubresource(request)) {
            return UNKNOWN;
        }

        return switch (request.getMethod()) {
            case "GET" -> listing(request);
            case "HEAD" -> "HeadBucket";
            case "PUT" -> "CreateBucket";
            case "DELETE" -> "DeleteBucket";
            case "POST" -> has(request, "delete") ? "DeleteObjects" : UNKNOWN;
            default -> UNKNOWN;
        };
    }

    private static String listing(final HttpServletRequest request) {
        if (has(request, "uploads")) {
            return "ListMultipartUploads";
        }

        return "2".equals(request.getParameter("list-type")) ? "ListObjectsV2" : "ListObjects";
    }

    private static String onObject(final HttpServletRequest request) {
        if (hasSubresource(request)) {
            return UNKNOWN;
        }

        final boolean upload = has(request, "uploadId");
        final boolean copy = request.getHeader(COPY_SOURCE) != null;
        return switch (request.getMethod()) {
            case "GET" -> upload ? "ListParts" : "GetObject";
            case "HEAD" -> "HeadObject";
            case "PUT" -> upload ? copy ? "UploadPartCopy" : "UploadPart" : copy ? "CopyObject" : "PutObject";
            case "DELETE" -> upload ? "AbortMultipartUpload" : "DeleteObject";
            case "POST" -> upload ? "CompleteMultipartUpload" : has(request, "uploads") ? "CreateMultipartUpload" : UNKNOWN;
            default -> UNKNOWN;
        };
    }

    private static boolean hasSubresource(final HttpServletRequest request) {
        return SUBRESOURCES.stream().anyMatch(name -> has(request, name));
    }

    private static boolean has(final HttpServletRequest request, final String parameter) {
        return request.getParameter(parameter) != null;
    }

    private static String decode(final String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
