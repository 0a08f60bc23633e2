package io.github.unloadcopy.sandbox.s3.awssdk;

import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.kms.KeyRing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SegmentTest {

    private static final String SECRET = "a line that nobody may read where it rests\n";

    @ParameterizedTest
    @EnumSource(value = ServerSideEncryption.class, names = {"AES256", "AWS_KMS"})
    void nothingRestsInPlaintext(final ServerSideEncryption algorithm) throws IOException {
        final Iam iam = new Iam(Clock.systemUTC());
        final Principal root = iam.rootKey().principal();
        final ObjectVault vault = new ObjectVault(iam, new KeyRing(iam, "us-east-1", Clock.systemUTC()), "us-east-1", Clock.systemUTC());
        vault.as(root).createContainer(CreateBucketRequest.builder().bucket("vault").build());
        vault.as(root).putBlob(PutObjectRequest.builder().bucket("vault").key("a").serverSideEncryption(algorithm).build(),
                new ByteArrayInputStream(SECRET.repeat(10_000).getBytes(StandardCharsets.UTF_8)));

        final Body body = vault.buckets().find("vault").current("a").orElseThrow().body();
        final String rests = new String(body.segments().getFirst().sealed().open(0).readAllBytes(), StandardCharsets.ISO_8859_1);
        assertEquals(SECRET.length() * 10_000, rests.length());
        assertFalse(rests.contains("nobody"));
        assertTrue(new String(vault.as(root).getBlob(GetObjectRequest.builder().bucket("vault").key("a").build()).readAllBytes(), StandardCharsets.UTF_8).startsWith(SECRET));
    }

    @Test
    void sameContentRestsDifferentlyEachTime() throws IOException {
        final SecretKey key = new SecretKeySpec(new byte[32], "AES");
        final byte[] content = SECRET.getBytes(StandardCharsets.UTF_8);

        assertFalse(Arrays.equals(Segment.seal(key, new ByteArrayInputStream(content)).sealed().open(0).readAllBytes(),
                Segment.seal(key, new ByteArrayInputStream(content)).sealed().open(0).readAllBytes()));
    }

    @Test
    void segmentIsReadFromAnyByte() throws IOException {
        final SecretKey key = new SecretKeySpec(new byte[32], "AES");
        final byte[] content = SECRET.repeat(40).getBytes(StandardCharsets.UTF_8);
        final Segment segment = Segment.seal(key, new ByteArrayInputStream(content));

        for (int from = 0; from <= content.length; from++) {
            assertArrayEquals(Arrays.copyOfRange(content, from, content.length), segment.open(key, from).readAllBytes());
        }
    }
}
