package io.github.unloadcopy.sandbox.kms;

import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

class CiphertextBlobTest {

    private static final Key KEY = key();

    @Property(tries = 200)
    void opensWithTheSameContextOnly(@ForAll @Size(max = 200) final byte[] plaintext, @ForAll @Size(max = 4) final Map<String, String> context,
            @ForAll @Size(max = 4) final Map<String, String> other) {
        final CiphertextBlob blob = CiphertextBlob.parse(CiphertextBlob.seal(KEY, context, plaintext).bytes()).orElseThrow();

        assertEquals(KEY.id(), blob.keyId());
        assertArrayEquals(plaintext, blob.open(KEY, context).orElseThrow());
        Assume.that(!other.equals(context));
        assertEquals(Optional.empty(), blob.open(KEY, other));
    }

    @Property(tries = 200)
    void everyAlteredByteIsNoticed(@ForAll @Size(min = 1, max = 40) final byte[] plaintext, @ForAll @IntRange(max = 84) final int position) {
        final byte[] bytes = CiphertextBlob.seal(KEY, Map.of(), plaintext).bytes();
        Assume.that(position < bytes.length);
        bytes[position] ^= 1;

        final Optional<CiphertextBlob> blob = CiphertextBlob.parse(bytes);
        // The key's id is found out by looking the key up: a blob that names another one does not get as far as this.
        assertEquals(Optional.empty(), blob.filter(parsed -> parsed.keyId().equals(KEY.id())).flatMap(parsed -> parsed.open(KEY, Map.of())));
    }

    private static Key key() {
        final String id = UUID.randomUUID().toString();
        return new Key(id, "arn:aws:kms:us-east-1:000000000000:key/" + id, "", Instant.EPOCH, false, Map.of(), KeyPolicies.DEFAULT, true, null, null, new SecretKeySpec(new byte[32], "AES"));
    }
}
