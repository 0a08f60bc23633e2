package io.github.unloadcopy.sandbox.client;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unloadcopy.sandbox.faults.FaultRule;
import io.github.unloadcopy.sandbox.faults.FaultStatus;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The sandbox's control from Java. Every method throws {@link IOException} when the sandbox has gone, and {@link IllegalArgumentException} with the sandbox's words when it refuses.
 */
public final class SandboxControl {

    private static final int SUCCESS = 300;
    private static final int NO_CONTENT = 204;

    private final ObjectMapper mapper = new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    private final SandboxEndpoints.Control control;

    public SandboxControl(final SandboxEndpoints.Control control) {
        this.control = control;
    }

    /** How often each operation was asked for since the start, by service ({@code s3}, {@code s3FromClusters}, {@code kms}) and operation. */
    public Map<String, Map<String, Long>> calls() throws IOException {
        return send("GET", "/calls", null, mapper.constructType(new TypeReference<Map<String, Map<String, Long>>>() { }));
    }

    /**
     * Adds a rule, or puts it into the place of the one with its id.
     *
     * @return the rule with its id
     */
    public FaultStatus add(final FaultRule rule) throws IOException {
        return send("POST", "/faults", rule, mapper.constructType(FaultStatus.class));
    }

    /** Every rule, with what it matched and what it injected. */
    public List<FaultStatus> faults() throws IOException {
        return send("GET", "/faults", null, mapper.constructType(new TypeReference<List<FaultStatus>>() { }));
    }

    public FaultStatus fault(final String id) throws IOException {
        return send("GET", "/faults/" + id, null, mapper.constructType(FaultStatus.class));
    }

    public void remove(final String id) throws IOException {
        send("DELETE", "/faults/" + id, null, null);
    }

    /** Removes every rule. */
    public void clear() throws IOException {
        send("DELETE", "/faults", null, null);
    }

    /**
     * Ends every session of a cluster with SQLSTATE 57P01, open transactions being rolled back, and takes connections again at once.
     *
     * @param cluster source or target
     */
    public void restart(final String cluster) throws IOException {
        send("POST", "/clusters/" + cluster + "/restart", null, null);
    }

    /** Ends every session of a cluster as {@link #restart} does, and refuses connections until {@link #resume}. */
    public void pause(final String cluster) throws IOException {
        send("POST", "/clusters/" + cluster + "/pause", null, null);
    }

    public void resume(final String cluster) throws IOException {
        send("POST", "/clusters/" + cluster + "/resume", null, null);
    }

    /**
     * Chooses whether an UNLOAD or COPY goes on when its client disconnects, as it does by default: outside of a transaction to its end and its COMMIT, within one to its end and a ROLLBACK.
     *
     * @param cluster source or target
     * @param value false to cancel it when its client disconnects
     */
    public void setStatementsOutliveClients(final String cluster, final boolean value) throws IOException {
        send("PUT", "/clusters/" + cluster + "/statements-outlive-clients", Map.of("value", value), null);
    }

    /**
     * Chooses whether REAL and DOUBLE PRECISION columns of tables obey {@code extra_float_digits} when they become text, as they do by default; otherwise they have 6 and 15 digits.
     *
     * @param cluster source or target
     * @param value false for 6 and 15 digits, whatever the setting is
     */
    public void setExtraFloatDigits(final String cluster, final boolean value) throws IOException {
        send("PUT", "/clusters/" + cluster + "/extra-float-digits", Map.of("value", value), null);
    }

    /**
     * Chooses how the Redshift driver finds out about tables, columns and keys in sessions that begin from now on: by SHOW, or by queries of the catalog as by default.
     *
     * @param cluster source or target
     * @param value true for SHOW
     */
    public void setShowDiscovery(final String cluster, final boolean value) throws IOException {
        send("PUT", "/clusters/" + cluster + "/show-discovery", Map.of("value", value), null);
    }

    /**
     * Starts a session of a role.
     *
     * @param roleArn such as {@link SandboxEndpoints#iamRole()}
     * @param lifetime whole seconds, up to 12 hours; zero for a session that has expired already
     */
    public SessionCredentials startSession(final String roleArn, final Duration lifetime) throws IOException {
        return send("POST", "/iam/sessions", Map.of("role", roleArn, "seconds", lifetime.toSeconds()), mapper.constructType(SessionCredentials.class));
    }

    private <T> T send(final String method, final String path, final Object body, final JavaType type) throws IOException {
        final HttpURLConnection connection = (HttpURLConnection) URI.create(control.endpoint() + path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setRequestProperty("Authorization", control.authorization());
        if (body != null) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            mapper.writeValue(connection.getOutputStream(), body);
        }

        final int status = connection.getResponseCode();
        if (status >= SUCCESS) {
            final String refusal = new String(connection.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            throw new IllegalArgumentException(method + " " + path + ": " + mapper.readTree(refusal).path("message").asText());
        }

        if (status == NO_CONTENT) {
            return null;
        }

        return mapper.readValue(connection.getInputStream(), type);
    }
}
