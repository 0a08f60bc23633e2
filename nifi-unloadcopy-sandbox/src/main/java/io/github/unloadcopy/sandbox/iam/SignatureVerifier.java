package io.github.unloadcopy.sandbox.iam;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Principal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks Signature Version 4 of requests to services with a JSON or query protocol ("Signature Version 4 signing process", AWS General Reference).
 *
 * <p>The AWS SDK's own signer cannot be asked instead: it always signs {@code x-amz-content-sha256}, which the AWS CLI and boto3 do not send to such services.
 */
public final class SignatureVerifier {

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final Pattern AUTHORIZATION = Pattern.compile(
            ALGORITHM + " +Credential=([^/, ]+)/(\\d{8})/([^/, ]+)/([^/, ]+)/aws4_request, *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})");
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final int BAD_REQUEST = 400;

    private final Iam iam;
    private final String service;
    private final String region;
    private final Clock clock;

    /**
     * @param service the service's name in credential scopes, such as kms
     */
    public SignatureVerifier(final Iam iam, final String service, final String region, final Clock clock) {
        this.iam = iam;
        this.service = service;
        this.region = region;
        this.clock = clock;
    }

    /**
     * Finds out who signed the request.
     *
     * @throws CloudException MissingAuthenticationTokenException, IncompleteSignatureException, UnrecognizedClientException, ExpiredTokenException or InvalidSignatureException
     */
    public Principal verify(final RpcRequest request) {
        final String authorization = request.header("Authorization");
        if (authorization == null) {
            throw refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
        }

        final Matcher parts = AUTHORIZATION.matcher(authorization.strip());
        final String timestamp = request.header("X-Amz-Date");
        if (!parts.matches() || timestamp == null) {
            throw refusal("IncompleteSignatureException", "The Authorization header needs Credential, SignedHeaders and Signature under " + ALGORITHM + ", and an X-Amz-Date header beside it.");
        }

        final AccessKey key = iam.find(parts.group(1))
                .orElseThrow(() -> refusal("UnrecognizedClientException", "The security token included in the request is invalid."));
        checkScope(parts.group(2), parts.group(3), parts.group(4), timestamp);
        checkTime(timestamp);
        checkSignature(request, timestamp, parts, key);
        checkSession(request, key);
        return key.principal();
    }

    private void checkScope(final String date, final String scopeRegion, final String scopeService, final String timestamp) {
        if (!scopeRegion.equals(region)) {
            throw refusal("InvalidSignatureException", "Credential should be scoped to a valid region, not '" + scopeRegion + "': the sandbox is in " + region + ".");
        }

        if (!scopeService.equals(service)) {
            throw refusal("InvalidSignatureException", "Credential should be scoped to correct service: '" + service + "'.");
        }

        if (!timestamp.startsWith(date)) {
            throw refusal("InvalidSignatureException",
                    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" + date + "' != '" + timestamp + "'.");
        }
    }

    private void checkTime(final String timestamp) {
        final Instant signed;
        try {
            signed = TIMESTAMP.parse(timestamp, Instant::from);
        } catch (final DateTimeException e) {
            throw refusal("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'. Got '" + timestamp + "'.");
        }

        final Instant now = clock.instant();
        if (signed.isBefore(now.minus(TOLERANCE))) {
            throw refusal("InvalidSignatureException",
                    "Signature expired: %s is now earlier than %s (%s - 5 min.)".formatted(timestamp, TIMESTAMP.format(now.minus(TOLERANCE)), TIMESTAMP.format(now)));
        }

        if (signed.isAfter(now.plus(TOLERANCE))) {
            throw refusal("InvalidSignatureException",
                    "Signature not yet current: %s is still later than %s (%s + 5 min.)".formatted(timestamp, TIMESTAMP.format(now.plus(TOLERANCE)), TIMESTAMP.format(now)));
        }
    }

    private static void checkSignature(final RpcRequest request, final String timestamp, final Matcher parts, final AccessKey key) {
        final List<String> signedHeaders = List.of(parts.group(5).split(";"));
        final String bodyDigest = hex(digest(request.body()));
        final String declaredDigest = request.header("X-Amz-Content-Sha256");
        final String scope = String.join("/", parts.group(2), parts.group(3), parts.group(4), "aws4_request");
        final byte[] canonicalDigest = digest(request.canonical(signedHeaders, bodyDigest).getBytes(StandardCharsets.UTF_8));
        final String toSign = String.join("\n", ALGORITHM, timestamp, scope, hex(canonicalDigest));

        byte[] derived = ("AWS4" + key.secretAccessKey()).getBytes(StandardCharsets.UTF_8);
        for (final String part : List.of(parts.group(2), parts.group(3), parts.group(4), "aws4_request", toSign)) {
            derived = authenticate(derived, part);
        }

        final boolean signsEnough = signedHeaders.contains("host") && signedHeaders.contains("x-amz-date");
        final boolean sameBody = declaredDigest == null || declaredDigest.equals(bodyDigest);
        if (!signsEnough || !sameBody || !MessageDigest.isEqual(derived, HexFormat.of().parseHex(parts.group(6)))) {
            throw refusal("InvalidSignatureException", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.");
        }
    }

    private void checkSession(final RpcRequest request, final AccessKey key) {
        try {
            iam.checkSession(key, request.header("X-Amz-Security-Token"));
        } catch (final CloudException e) {
            if (e.code().equals("ExpiredToken")) {
                throw refusal("ExpiredTokenException", "The security token included in the request is expired");
            }

            throw refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
        }
    }

    private static byte[] digest(final byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static byte[] authenticate(final byte[] key, final String text) {
        try {
            final Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }

    private static String hex(final byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static CloudException refusal(final String code, final String message) {
        return new CloudException(code, BAD_REQUEST, message);
    }
}
