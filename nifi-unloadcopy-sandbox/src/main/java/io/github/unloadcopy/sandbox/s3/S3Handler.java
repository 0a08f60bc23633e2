package io.github.unloadcopy.sandbox.s3;

import com.google.common.base.Throwables;
import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.control.Calls;
import io.github.unloadcopy.sandbox.iam.AccessKey;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.s3.awssdk.Buckets;
import io.github.unloadcopy.sandbox.s3.awssdk.Refusals;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.S3Operation;
import org.gaul.s3proxy.S3ProxyHandler;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.SdkHttpResponse;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * S3Proxy's handler, and around it what S3Proxy leaves out: Regions of buckets, session tokens, permissions and counts.
 */
final class S3Handler extends S3ProxyHandler {

    private static final Logger LOGGER = LoggerFactory.getLogger(S3Handler.class);

    private static final long LARGEST_OBJECT = 5L * 1024 * 1024 * 1024;
    private static final long LARGEST_BUFFERED_BODY = 128L * 1024 * 1024;
    private static final int LARGEST_CHUNK = 16 * 1024 * 1024;
    private static final int LARGEST_BUCKET_CONFIGURATION = 64 * 1024;
    private static final int CLOCK_TOLERANCE_SECONDS = 15 * 60;
    private static final String UNITED_STATES = "us-east-1";
    private static final String REGION_HEADER = "x-amz-bucket-region";
    private static final List<String> RELAYED_HEADERS = List.of("ETag", "x-amz-delete-marker", "x-amz-version-id", "Allow");

    private final Buckets buckets;
    private final Iam iam;
    private final Calls calls;

    /**
     * @param anonymous the store as somebody without a key sees it
     * @param stores the store as a principal sees it
     */
    S3Handler(final BlobStore anonymous, final Function<Principal, ? extends BlobStore> stores, final Buckets buckets, final Iam iam, final Calls calls) {
        super(anonymous, AuthenticationType.AWS_V4, iam.rootKey().accessKeyId(), iam.rootKey().secretAccessKey(), null,
                LARGEST_OBJECT, LARGEST_BUFFERED_BODY, LARGEST_CHUNK, true, null, null, CLOCK_TOLERANCE_SECONDS);
        this.buckets = buckets;
        this.iam = iam;
        this.calls = calls;
        setBlobStoreLocator((accessKeyId, bucket, key) -> iam.find(accessKeyId)
                .map(accessKey -> new AccessGrant(accessKey.secretAccessKey(), stores.apply(accessKey.principal())))
                .orElse(null));
    }

    /** Answers one request, whatever happens. */
    void handle(final HttpServletRequest sent, final HttpServletResponse response) throws IOException {
        final HttpServletRequest request = new SlashedRequest(sent);
        final RequestContext context = new RequestContext();
        try (InputStream body = request.getInputStream()) {
            perform(new S3Request(request), request, response, body, context);
        } catch (final CloudException e) {
            refuse(request, response, e, Map.of());
        } catch (final AwsServiceException e) {
            refuse(request, response, context.getOperation() == S3Operation.DELETE_OBJECTS && "InvalidArgument".equals(S3Exceptions.errorCode(e)) ? Refusals.toS3(tooManyKeys()) : e);
        } catch (final UnsupportedOperationException e) {
            refuse(request, response, new CloudException("NotImplemented", HttpServletResponse.SC_NOT_IMPLEMENTED, String.valueOf(e.getMessage())), Map.of());
        } catch (final IllegalArgumentException e) {
            refuse(request, response, new CloudException("InvalidArgument", HttpServletResponse.SC_BAD_REQUEST, String.valueOf(e.getMessage())), Map.of());
        } catch (final IOException | RuntimeException e) {
            fail(request, response, e);
        } finally {
            calls.count("s3", Optional.ofNullable(context.getOperation()).orElse(S3Operation.UNKNOWN).getValue());
        }
    }

    private void perform(final S3Request asked, final HttpServletRequest request, final HttpServletResponse response, final InputStream body,
            final RequestContext context) throws IOException {
        checkSession(asked);
        checkRegion(asked, response);
        IgnoredHeaders.refuse(request);
        switch (asked.kind()) {
            case CREATE_BUCKET:
                createBucket(asked, request, response, body, context);
                break;
            case GET_BUCKET_LOCATION:
                getBucketLocation(asked, request, response, body, context);
                break;
            default:
                if (isElsewhere(asked)) {
                    redirect(asked, request, response);
                } else if (asked.kind() == S3Request.Kind.GET_OBJECT_ATTRIBUTES) {
                    getObjectAttributes(asked, request, response, body, context);
                } else {
                    doHandle(request, request, response, body, context);
                }
        }
    }

    private void checkSession(final S3Request asked) {
        iam.find(asked.accessKeyId()).ifPresent(key -> iam.checkSession(key, asked.sessionToken()));
    }

    private void checkRegion(final S3Request asked, final HttpServletResponse response) {
        if (asked.region() != null && !Buckets.isRegion(asked.region())) {
            final String expected = asked.bucket() != null && buckets.exists(asked.bucket()) ? buckets.regionOf(asked.bucket()) : UNITED_STATES;
            response.setHeader(REGION_HEADER, expected);
            throw new CloudException("AuthorizationHeaderMalformed", HttpServletResponse.SC_BAD_REQUEST,
                    "The authorization header is malformed; the region '" + asked.region() + "' is wrong; expecting '" + expected + "'");
        }
    }

    private void createBucket(final S3Request asked, final HttpServletRequest request, final HttpServletResponse response, final InputStream body,
            final RequestContext context) throws IOException {
        final byte[] configuration = body.readNBytes(LARGEST_BUCKET_CONFIGURATION);
        final String region = buckets.regionFor(LocationConstraint.read(configuration), asked.region());
        final boolean isNew = !buckets.exists(asked.bucket());
        final boolean isElsewhere = !isNew && !buckets.regionOf(asked.bucket()).equals(region);
        doHandle(request, request, isElsewhere ? new DiscardingResponse(response) : response, new ByteArrayInputStream(configuration), context);
        if (isElsewhere) {
            throw new CloudException("BucketAlreadyOwnedByYou", HttpServletResponse.SC_CONFLICT, "Your previous request to create the named bucket succeeded and you already own it.");
        }

        if (isNew) {
            buckets.created(asked.bucket(), region);
        }
    }

    /** S3Proxy checks the signature and says nothing of the bucket. */
    private void getBucketLocation(final S3Request asked, final HttpServletRequest request, final HttpServletResponse response, final InputStream body,
            final RequestContext context) throws IOException {
        doHandle(request, request, new DiscardingResponse(response), body, context);
        final String region = buckets.regionOf(asked.bucket());
        final Principal principal = iam.find(asked.accessKeyId()).map(AccessKey::principal).orElseThrow();
        iam.require(principal, "s3:GetBucketLocation", "arn:aws:s3:::" + asked.bucket());
        response.setContentType("application/xml");
        response.setHeader(REGION_HEADER, region);
        response.getOutputStream().print(LocationConstraint.write(region));
    }

    /** S3Proxy checks the request and answers it, but for the parts. */
    private void getObjectAttributes(final S3Request asked, final HttpServletRequest request, final HttpServletResponse response, final InputStream body,
            final RequestContext context) throws IOException {
        try (ObjectAttributes attributes = new ObjectAttributes(response)) {
            doHandle(request, request, attributes, body, context);
            final String key = RequestedOperation.of(request).resource().substring(asked.bucket().length() + 1);
            attributes.send(ObjectAttributes.asksForParts(request) ? buckets.partsOf(asked.bucket(), key) : 0);
        }
    }

    /** A bucket answers at its own Region's endpoint only; here, to requests that are signed for its Region. */
    private boolean isElsewhere(final S3Request asked) {
        return asked.region() != null && asked.bucket() != null && buckets.exists(asked.bucket()) && !buckets.regionOf(asked.bucket()).equals(asked.region());
    }

    private void redirect(final S3Request asked, final HttpServletRequest request, final HttpServletResponse response) throws IOException {
        final String region = buckets.regionOf(asked.bucket());
        response.setHeader(REGION_HEADER, region);
        refuse(request, response, new CloudException("PermanentRedirect", HttpServletResponse.SC_MOVED_PERMANENTLY,
                "The bucket you are attempting to access must be addressed using the specified endpoint: it is in " + region + ", and the request is signed for " + asked.region() + "."),
                Map.of("Bucket", asked.bucket(), "Endpoint", "s3." + region + ".amazonaws.com"));
    }

    private void refuse(final HttpServletRequest request, final HttpServletResponse response, final AwsServiceException refusal) throws IOException {
        final SdkHttpResponse relayed = S3Exceptions.httpResponse(refusal);
        if (relayed != null) {
            RELAYED_HEADERS.forEach(name -> relayed.firstMatchingHeader(name).ifPresent(value -> response.setHeader(name, value)));
        }

        final boolean isRead = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        final boolean isUnmodified = refusal.statusCode() == HttpServletResponse.SC_PRECONDITION_FAILED && isRead && request.getHeader("If-Match") == null;
        if (isUnmodified || refusal.statusCode() == HttpServletResponse.SC_NOT_MODIFIED) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
        } else {
            refuse(request, response, Refusals.toCloud(refusal), Map.of());
        }
    }

    private void refuse(final HttpServletRequest request, final HttpServletResponse response, final CloudException refusal, final Map<String, String> elements) throws IOException {
        sendSimpleErrorResponse(request, response, refusal.code(), refusal.status(), String.valueOf(refusal.getMessage()), elements);
    }

    /** S3's code for a list of more than 1,000 keys, where S3Proxy has another. */
    private static CloudException tooManyKeys() {
        return new CloudException("MalformedXML", HttpServletResponse.SC_BAD_REQUEST, "The XML you provided was not well-formed or did not validate against our published schema");
    }

    private void fail(final HttpServletRequest request, final HttpServletResponse response, final Exception failure) throws IOException {
        final Optional<AwsServiceException> refusal = Throwables.getCausalChain(failure).stream()
                .filter(AwsServiceException.class::isInstance)
                .map(AwsServiceException.class::cast)
                .findFirst();
        if (refusal.isPresent()) {
            refuse(request, response, refusal.get());
        } else if (response.isCommitted()) {
            LOGGER.warn("The client of {} {} went away", request.getMethod(), request.getRequestURI(), failure);
            throw new IOException("The answer could not be sent", failure);
        } else {
            LOGGER.error("{} {} failed", request.getMethod(), request.getRequestURI(), failure);
            refuse(request, response, new CloudException("InternalError", HttpServletResponse.SC_INTERNAL_SERVER_ERROR, "The sandbox failed: its log has the cause."), Map.of());
        }
    }
}
