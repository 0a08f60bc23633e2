package io.github.unloadcopy.sandbox.iam;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SignatureVerifierTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final byte[] BODY = "{\"KeyId\":\"alias/any\"}".getBytes(StandardCharsets.UTF_8);

    private final Iam iam = new Iam(CLOCK);
    private final SignatureVerifier verifier = new SignatureVerifier(iam, "kms", "us-east-1", CLOCK);

    @Test
    void requestOfTheSdksSignerIsAccepted() {
        assertEquals("arn:aws:iam::000000000000:root", verifier.verify(signed(NOW, "kms", "us-east-1")).arn());
    }

    @Test
    void clockMayDifferByFiveMinutes() {
        for (final Instant time : List.of(NOW.minus(Duration.ofMinutes(5)), NOW.plus(Duration.ofMinutes(5)))) {
            assertEquals("arn:aws:iam::000000000000:root", verifier.verify(signed(time, "kms", "us-east-1")).arn());
        }

        assertRefused("InvalidSignatureException", "Signature expired: 20261122T095459Z is now earlier than 20261122T095500Z", signed(NOW.minus(Duration.ofSeconds(301)), "kms", "us-east-1"));
        assertRefused("InvalidSignatureException", "Signature not yet current", signed(NOW.plus(Duration.ofSeconds(301)), "kms", "us-east-1"));
    }

    @Test
    void scopeMustBeThisServiceAndRegion() {
        assertRefused("InvalidSignatureException", "valid region", signed(NOW, "kms", "eu-west-1"));
        assertRefused("InvalidSignatureException", "correct service", signed(NOW, "s3", "us-east-1"));
    }

    @Test
    void alteredRequestsAreRefused() {
        final RpcRequest request = signed(NOW, "kms", "us-east-1");

        assertRefused("InvalidSignatureException", "does not match", new RpcRequest("POST", request.headers(), "{}".getBytes(StandardCharsets.UTF_8)));
        assertRefused("InvalidSignatureException", "does not match", new RpcRequest("PUT", request.headers(), BODY));
        assertRefused("InvalidSignatureException", "does not match", altered(request, headers -> headers.put("X-Amz-Target", List.of("TrentService.ScheduleKeyDeletion"))));
        assertRefused("InvalidSignatureException", "does not match", altered(request, headers -> headers.put("X-Amz-Date", List.of("20261122T100001Z"))));
        assertRefused("InvalidSignatureException", "does not match", altered(request, headers -> headers.put("x-amz-content-sha256", List.of("0".repeat(64)))));
    }

    @Test
    void incompleteRequestsAreRefused() {
        final RpcRequest request = signed(NOW, "kms", "us-east-1");

        assertRefused("MissingAuthenticationTokenException", "Missing Authentication Token", altered(request, headers -> headers.remove("Authorization")));
        assertRefused("IncompleteSignatureException", "Signature", altered(request, headers -> headers.put("Authorization", List.of("Bearer of good news"))));
        assertRefused("IncompleteSignatureException", "X-Amz-Date", altered(request, headers -> headers.remove("X-Amz-Date")));
    }

    private RpcRequest signed(final Instant time, final String service, final String region) {
        final SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(URI.create("http://127.0.0.1:4566/"))
                .putHeader("Host", "127.0.0.1:4566")
                .putHeader("Content-Type", "application/x-amz-json-1.1")
                .putHeader("X-Amz-Target", "TrentService.DescribeKey")
                .build();
        final SignedRequest signed = AwsV4HttpSigner.create().sign(sign -> sign
                .identity(AwsCredentialsIdentity.create(iam.rootKey().accessKeyId(), iam.rootKey().secretAccessKey()))
                .request(request)
                .payload(() -> new ByteArrayInputStream(BODY))
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(time, ZoneOffset.UTC)));
        return new RpcRequest("POST", signed.request().headers(), BODY);
    }

    private static RpcRequest altered(final RpcRequest request, final Consumer<Map<String, List<String>>> change) {
        final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(request.headers());
        change.accept(headers);
        return new RpcRequest(request.method(), headers, request.body());
    }

    private void assertRefused(final String code, final String words, final RpcRequest request) {
        final CloudException refusal = assertThrows(CloudException.class, () -> verifier.verify(request));
        assertEquals(code, refusal.code());
        assertTrue(refusal.getMessage().contains(words), refusal::getMessage);
    }
}
