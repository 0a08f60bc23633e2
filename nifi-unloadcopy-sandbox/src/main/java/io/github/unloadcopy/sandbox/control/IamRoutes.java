package io.github.unloadcopy.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.iam.AccessKey;
import io.github.unloadcopy.sandbox.iam.Iam;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

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
        return List.of(
                new Route("POST", "/iam/sessions", "Starts a session of a role and answers with its credentials: {\"role\":\"arn:aws:iam::…:role/ReadOnly\",\"seconds\":900}. "
                        + "With 0 seconds it has expired already.", request -> start(request.body())),
                new Route("DELETE", "/iam/sessions", "Ends every session now: its token has expired.", request -> {
                    iam.expireSessions();
                    return null;
                }),
                new Route("PUT", "/iam/roles/{name}", "Makes a role or replaces it, and answers with its ARN: {\"policy\":{…},\"trust\":{…}}, both in IAM's grammar; without trust, "
                        + "clusters and the account may assume it.", request -> Map.of("arn", changed(() -> iam.putRole(request.values().get("name"), policy(request.body()), trust(request.body()))))),
                new Route("DELETE", "/iam/roles/{name}", "Deletes a role; its sessions may do nothing any more.", request -> changed(() -> {
                    iam.deleteRole(request.values().get("name"));
                    return null;
                })),
                new Route("PUT", "/iam/users/{name}", "Makes a user or replaces the policy: {\"policy\":{…}}, and answers with an access key.", request -> changed(() -> user(request))));
    }

    private Map<String, String> user(final Route.Request request) {
        final String name = request.values().get("name");
        iam.putUser(name, policy(request.body()));
        return credentials(iam.createAccessKey(name));
    }

    private static String policy(final JsonNode body) {
        if (!body.path("policy").isObject()) {
            throw new IllegalArgumentException("It needs policy, an object in IAM's grammar.");
        }

        return body.path("policy").toString();
    }

    private static String trust(final JsonNode body) {
        return body.path("trust").isObject() ? body.path("trust").toString() : null;
    }

    private static <T> T changed(final Supplier<T> change) {
        try {
            return change.get();
        } catch (final CloudException e) {
            if (e.code().equals("NoSuchEntity")) {
                throw new NoSuchElementException(e.getMessage(), e);
            }

            throw new IllegalArgumentException(e.code() + ": " + e.getMessage(), e);
        }
    }

    private Map<String, String> start(final JsonNode body) {
        final JsonNode seconds = body.path("seconds");
        if (!body.path("role").isTextual() || !seconds.isIntegralNumber() || seconds.longValue() < 0 || seconds.longValue() > LONGEST_SECONDS) {
            throw new IllegalArgumentException("A session needs role, an ARN, and seconds, from 0 to " + LONGEST_SECONDS + ".");
        }

        return changed(() -> credentials(iam.startSession(body.path("role").textValue(), "control", Duration.ofSeconds(seconds.longValue()))));
    }

    private static Map<String, String> credentials(final AccessKey key) {
        final Map<String, String> credentials = new LinkedHashMap<>();
        credentials.put("accessKeyId", key.accessKeyId());
        credentials.put("secretAccessKey", key.secretAccessKey());
        if (key.sessionToken() != null) {
            credentials.put("sessionToken", key.sessionToken());
            credentials.put("expiration", key.expiration().toString());
        }

        return credentials;
    }
}
