package io.github.unloadcopy.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.iam.AccessKey;
import io.github.unloadcopy.sandbox.iam.Iam;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What tests need of {@link Iam}, over HTTP. Keys are disabled and enabled over KMS's own API.
 */
public final class IamRoutes {

    private static final long LONGEST_SECONDS = 43_200;

    private final Iam iam;

    public IamRoutes(final Iam iam) {
        this.iam = iam;
    }

    public List<Route> routes() {
        return List.of(new Route("POST", "/iam/sessions", "Starts a session of a role and answers with its credentials: {\"role\":\"arn:aws:iam::…:role/ReadOnly\",\"seconds\":900}. "
                + "With 0 seconds it has expired already.", request -> start(request.body())));
    }

    private Map<String, String> start(final JsonNode body) {
        final JsonNode seconds = body.path("seconds");
        if (!body.path("role").isTextual() || !seconds.isIntegralNumber() || seconds.longValue() < 0 || seconds.longValue() > LONGEST_SECONDS) {
            throw new IllegalArgumentException("A session needs role, an ARN, and seconds, from 0 to " + LONGEST_SECONDS + ".");
        }

        try {
            final AccessKey key = iam.startSession(body.path("role").textValue(), "control", Duration.ofSeconds(seconds.longValue()));
            final Map<String, String> credentials = new LinkedHashMap<>();
            credentials.put("accessKeyId", key.accessKeyId());
            credentials.put("secretAccessKey", key.secretAccessKey());
            credentials.put("sessionToken", key.sessionToken());
            credentials.put("expiration", key.expiration().toString());
            return credentials;
        } catch (final CloudException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
