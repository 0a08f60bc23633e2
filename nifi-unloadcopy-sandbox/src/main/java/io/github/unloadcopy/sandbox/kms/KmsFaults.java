package io.github.unloadcopy.sandbox.kms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.Errors;
import io.github.unloadcopy.sandbox.faults.Faults;
import io.github.unloadcopy.sandbox.faults.Match;
import io.github.unloadcopy.sandbox.faults.Occasion;
import io.github.unloadcopy.sandbox.faults.Pause;
import io.github.unloadcopy.sandbox.faults.Service;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;

/**
 * What goes wrong between KMS and its clients, once their signature is checked.
 */
final class KmsFaults {

    private static final Logger LOGGER = LoggerFactory.getLogger(KmsFaults.class);

    private final Faults faults;
    private final KeyRing ring;

    KmsFaults(final Faults faults, final KeyRing ring) {
        this.faults = faults;
        this.ring = ring;
    }

    /**
     * Answers a request, or does not.
     *
     * @throws IOException when the connection is to end without an answer
     */
    ObjectNode around(final String operation, final ObjectNode parameters, final Supplier<ObjectNode> answer) throws IOException {
        for (final Effect effect : faults.decide(new Occasion(Service.KMS, operation, namesOfKey(parameters), Match.CLIENTS, null))) {
            switch (effect.type()) {
                case LATENCY -> Pause.millis(effect.milliseconds());
                case ERROR -> {
                    final Errors.HttpError error = Errors.http(Service.KMS, effect);
                    throw new CloudException(effect.code(), error.status(), error.message());
                }
                case DROP -> throw new IOException("The connection is dropped by a fault rule.");
                case DROP_ANSWER -> {
                    answer.get();
                    throw new IOException("The answer is dropped by a fault rule.");
                }
                default -> throw new IllegalStateException(effect.type() + " is nothing for a request to KMS.");
            }
        }

        return answer.get();
    }

    /** As the request has it, and as ARN; a ciphertext names its key itself. */
    private List<String> namesOfKey(final ObjectNode parameters) {
        final List<String> names = new ArrayList<>();
        if (parameters.path("KeyId").isTextual()) {
            names.add(parameters.path("KeyId").textValue());
            arn(parameters.path("KeyId").textValue(), names);
        } else if (parameters.path("CiphertextBlob").isTextual()) {
            blob(parameters.path("CiphertextBlob").textValue(), names);
        }

        return names;
    }

    private void blob(final String base64, final List<String> names) {
        try {
            CiphertextBlob.parse(Base64.getDecoder().decode(base64)).ifPresent(blob -> arn(blob.keyId(), names));
        } catch (final IllegalArgumentException e) {
            LOGGER.debug("A request has a ciphertext that is no Base64, which its operation will refuse.");
        }
    }

    private void arn(final String reference, final List<String> names) {
        try {
            names.add(ring.find(reference).arn());
        } catch (final CloudException e) {
            LOGGER.debug("A request names a key that does not exist, which its operation will refuse.");
        }
    }
}
