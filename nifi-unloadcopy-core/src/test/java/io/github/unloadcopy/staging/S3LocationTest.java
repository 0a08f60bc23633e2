package io.github.unloadcopy.staging;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class S3LocationTest {
    @ParameterizedTest
    @CsvSource({
            "s3://bucket/key, bucket, key",
            "s3://bucket/A/b C/, bucket, A/b C/",
            "S3://bucket/key?x=%20, bucket, key?x=%20",
            "s3://bucket, bucket, ''",
            "s3://bucket/, bucket, ''",
            "s3://bucket//a, bucket, /a",
            "s3://Old_Bucket.1/a, Old_Bucket.1, a"})
    void reads(final String uri, final String bucket, final String key) {
        assertEquals(new S3Location(bucket, key), S3Location.parse(uri));
    }

    @Property
    void readsBackWhatItWrites(@ForAll @AlphaChars @StringLength(min = 3, max = 63) final String bucket, @ForAll @StringLength(max = 200) final String anyKey) {
        final String key = anyKey.replaceAll("[\\x00-\\x1f\\x7f-\\x9f]", "/");
        final S3Location location = new S3Location(bucket, key);

        assertEquals(location, S3Location.parse(location.toString()));
    }

    @ParameterizedTest
    @CsvSource({
            "'', is empty",
            "http://bucket/key, does not begin with s3://",
            "bucket/key, does not begin with s3://",
            "s3:///key, is no name of an S3 bucket",
            "s3://ab/key, is no name of an S3 bucket",
            "s3://a b/key, is no name of an S3 bucket",
            "'s3://bucket/a\tb', holds a control character"})
    void refuses(final String uri, final String expected) {
        final IllegalArgumentException failure = assertThrows(IllegalArgumentException.class, () -> S3Location.parse(uri));

        assertTrue(failure.getMessage().contains(expected), failure.getMessage());
    }

    @Test
    void refusesKeysThatS3WouldRefuse() {
        assertEquals(1024, S3Location.parse("s3://bucket/" + "é".repeat(512)).key().getBytes(StandardCharsets.UTF_8).length);
        assertThrows(IllegalArgumentException.class, () -> S3Location.parse("s3://bucket/" + "é".repeat(513)));
    }

    @Test
    void resolvesWithOneSlash() {
        assertEquals("s3://bucket/a/b", S3Location.parse("s3://bucket/a").resolve("b").toString());
        assertEquals("s3://bucket/a/b", S3Location.parse("s3://bucket/a/").resolve("b").toString());
        assertEquals("s3://bucket/b", S3Location.parse("s3://bucket").resolve("b").toString());
    }

    @Test
    void knowsItsParent() {
        assertEquals("s3://bucket/a/b/", S3Location.parse("s3://bucket/a/b/c").parent().toString());
        assertEquals("s3://bucket/a/", S3Location.parse("s3://bucket/a/b/").parent().toString());
        assertEquals("s3://bucket/", S3Location.parse("s3://bucket/a").parent().toString());
    }

    @Test
    void containsWhatIsBelowItAsAFolder() {
        final S3Location folder = S3Location.parse("s3://bucket/a");

        assertTrue(folder.contains(S3Location.parse("s3://bucket/a/b")));
        assertFalse(folder.contains(S3Location.parse("s3://bucket/ab")));
        assertFalse(folder.contains(S3Location.parse("s3://bucket/a/")));
        assertFalse(folder.contains(S3Location.parse("s3://other/a/b")));
        assertFalse(folder.contains(S3Location.parse("s3://bucket/A/b")));
    }
}
