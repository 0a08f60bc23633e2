package io.github.unloadcopy.sandbox.control;

import io.github.unloadcopy.sandbox.client.SandboxControl;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.client.SessionCredentials;
import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.faults.Chance;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.FaultRule;
import io.github.unloadcopy.sandbox.faults.FaultStatus;
import io.github.unloadcopy.sandbox.faults.Faults;
import io.github.unloadcopy.sandbox.faults.Match;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ControlServerTest {

    private final Calls calls = new Calls();
    private final Faults faults = new Faults();
    private final Iam iam = new Iam(Clock.systemUTC());
    private final HttpClient client = HttpClient.newHttpClient();
    private ControlServer server;
    private SandboxControl control;

    @BeforeEach
    void start() throws IOException {
        final List<Route> routes = new ArrayList<>(new FaultRoutes(faults).routes());
        routes.addAll(new IamRoutes(iam).routes());
        routes.add(new Route("GET", "/calls", "Counts.", request -> calls.counts()));
        server = new ControlServer(0, routes, "token");
        control = new SandboxControl(new SandboxEndpoints.Control(server.endpoint().toString(), "token", null));
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    @Test
    void callsAreCountedByServiceAndOperation() throws Exception {
        calls.count("kms", "Decrypt");
        calls.count("kms", "Decrypt");
        calls.count("s3", "PutObject");

        assertEquals("{\"kms\":{\"Decrypt\":2},\"s3\":{\"PutObject\":1}}", send("GET", "/calls", "").body());
        assertEquals(Map.of("kms", Map.of("Decrypt", 2L), "s3", Map.of("PutObject", 1L)), control.calls());
    }

    @Test
    void throttlingIsARule() throws Exception {
        assertEquals(204, send("POST", "/kms/throttle?requests=3", "").statusCode());
        assertEquals(204, send("POST", "/kms/throttle?requests=2", "").statusCode());
        assertEquals(List.of(new FaultRule("kms-throttle", Match.kms(null), Chance.times(2), Effect.error("ThrottlingException"))), faults.list().stream().map(FaultStatus::rule).toList());
    }

    @Test
    void rulesAreAddedReadAndRemoved() throws Exception {
        final FaultRule rule = new FaultRule("slow", Match.s3("Get*").on("bucket/run/*").by(Match.CLUSTERS).at("source"), Chance.rate(0.25, 9).after(1), Effect.error("SlowDown"));
        assertEquals(rule, control.add(rule).rule());
        final FaultStatus named = control.add(new FaultRule(Match.statement("COMMIT"), null, Effect.dropAnswer()));
        assertEquals("fault-1", named.rule().id());
        assertEquals(faults.list(), control.faults());
        assertEquals(rule, control.fault("slow").rule());
        control.remove("slow");
        assertEquals(List.of(named), faults.list());
        control.clear();
        assertEquals(List.of(), control.faults());
    }

    @Test
    void jsonIsAsDocumented() throws Exception {
        assertEquals("{\"rule\":{\"id\":\"fault-1\",\"match\":{\"service\":\"s3\",\"operation\":\"GetObject\"},\"chance\":{\"count\":2},"
                + "\"effect\":{\"type\":\"CUT\",\"bytes\":10}},\"matched\":0,\"injected\":0}",
                send("POST", "/faults", "{\"match\":{\"service\":\"s3\",\"operation\":\"GetObject\"},\"chance\":{\"count\":2},\"effect\":{\"type\":\"CUT\",\"bytes\":10}}").body());
    }

    @Test
    void sessionsAreStarted() throws Exception {
        final SessionCredentials living = control.startSession(Role.READ_ONLY.arn(), Duration.ofMinutes(15));
        assertTrue(iam.accessKey(living.accessKeyId(), living.secretAccessKey(), living.sessionToken()).arn().contains(":assumed-role/ReadOnly/"));
        final SessionCredentials ended = control.startSession(Role.READ_ONLY.arn(), Duration.ZERO);
        assertEquals("ExpiredToken", assertThrows(CloudException.class, () -> iam.accessKey(ended.accessKeyId(), ended.secretAccessKey(), ended.sessionToken())).code());
        assertThrows(IllegalArgumentException.class, () -> control.startSession("arn:aws:iam::000000000000:role/Nobody", Duration.ZERO));
        assertFalse(living.toString().contains(living.secretAccessKey()));
    }

    @Test
    void sessionsAreEnded() throws Exception {
        final SessionCredentials living = control.startSession(Role.READ_ONLY.arn(), Duration.ofMinutes(15));
        assertEquals(204, send("DELETE", "/iam/sessions", "").statusCode());
        assertEquals("ExpiredToken", assertThrows(CloudException.class, () -> iam.accessKey(living.accessKeyId(), living.secretAccessKey(), living.sessionToken())).code());
    }

    @Test
    void rolesAndUsersHavePoliciesInIamsGrammar() throws Exception {
        final String policy = "{\"policy\":{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b/p/*\"}]}}";
        assertEquals("{\"arn\":\"arn:aws:iam::000000000000:role/Reader\"}", send("PUT", "/iam/roles/Reader", policy).body());
        final Principal role = iam.assumeRoles(List.of("arn:aws:iam::000000000000:role/Reader"));
        assertTrue(iam.allows(role, "s3:GetObject", "arn:aws:s3:::b/p/x"));
        assertFalse(iam.allows(role, "s3:PutObject", "arn:aws:s3:::b/p/x"));
        assertEquals(204, send("DELETE", "/iam/roles/Reader", "").statusCode());
        assertRefused(404, "Reader", "DELETE", "/iam/roles/Reader", "");

        final String user = send("PUT", "/iam/users/ann", policy).body();
        assertTrue(user.contains("\"accessKeyId\":\"AKIA") && !user.contains("sessionToken"), "an access key that does not expire");
        assertRefused(400, "It needs policy", "PUT", "/iam/users/ann", "{}");
        assertRefused(400, "MalformedPolicyDocument", "PUT", "/iam/users/ann", "{\"policy\":{\"Statement\":[{\"Effect\":\"Maybe\"}]}}");
    }

    @Test
    void othersAreToldWhatThereIs() throws Exception {
        assertRefused(400, "Say how many", "POST", "/kms/throttle?requests=many", "");
        assertRefused(400, "Say how many", "POST", "/kms/throttle", "");
        assertRefused(404, "GET / lists what it knows", "POST", "/calls", "");
        assertRefused(404, "There is no fault other", "DELETE", "/faults/other", "");
        assertRefused(400, "The body is no JSON", "POST", "/faults", "{");
        assertRefused(400, "A fault needs match and effect.", "POST", "/faults", "{}");
        assertRefused(400, "\\\"rates\\\"", "POST", "/faults", "{\"chance\":{\"rates\":1}}");
        assertRefused(400, "chance.rate is from 0 to 1", "POST", "/faults", "{\"chance\":{\"rate\":2}}");
        assertRefused(400, "effect.type ERROR needs effect.code.", "POST", "/faults", "{\"match\":{\"service\":\"s3\"},\"effect\":{\"type\":\"ERROR\"}}");
        assertEquals("GET /faults/other: There is no fault other.", assertThrows(IllegalArgumentException.class, () -> control.fault("other")).getMessage());
        assertEquals(List.of(), faults.list());
        final HttpResponse<String> help = send("GET", "/", "");
        assertEquals(200, help.statusCode());
        assertTrue(help.body().contains("\"request\":\"DELETE /faults/{id}\""), help::body);
    }

    @Test
    void webPagesAreRefused() throws Exception {
        final HttpRequest request = HttpRequest.newBuilder(server.endpoint().resolve("/faults")).header("Authorization", "Bearer token").header("Origin", "https://example.com").DELETE().build();
        assertEquals(403, client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer toke", "Bearer tokens", "Bearer TOKEN", "bearer token", "Basic token", "token"})
    void withoutTheTokenNothingIsAnsweredOrDone(final String authorization) throws Exception {
        control.add(new FaultRule("slow", Match.s3("Get*"), Chance.always(), Effect.error("SlowDown")));
        for (final String path : List.of("/", "/faults", "/faults/slow", "/unknown")) {
            for (final String method : List.of("GET", "POST", "PUT", "DELETE")) {
                final HttpRequest.Builder request = HttpRequest.newBuilder(server.endpoint().resolve(path)).method(method, HttpRequest.BodyPublishers.ofString("{}"));
                final HttpResponse<String> response = client.send((authorization.isEmpty() ? request : request.header("Authorization", authorization)).build(), HttpResponse.BodyHandlers.ofString());
                assertEquals(401, response.statusCode());
                assertEquals("Bearer", response.headers().firstValue("WWW-Authenticate").orElseThrow());
                assertFalse(response.body().contains("slow") || response.body().contains("routes"), response::body);
            }
        }

        assertEquals("slow", faults.list().getFirst().rule().id());
    }

    @ParameterizedTest
    @CsvSource({"evil.example.com:PORT, 403", "127.0.0.1, 403", "localhost:PORT, 200", "127.0.0.1:PORT, 200", "127.0.0.1:1, 403"})
    void otherNamesOfThisMachineAreRefused(final String host, final int status) throws IOException {
        try (Socket socket = new Socket(server.endpoint().getHost(), server.endpoint().getPort())) {
            socket.getOutputStream().write(("GET /calls HTTP/1.1\r\nHost: " + host.replace("PORT", Integer.toString(server.endpoint().getPort()))
                    + "\r\nAuthorization: Bearer token\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertEquals("HTTP/1.1 " + status, new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).substring(0, 12));
        }
    }

    private void assertRefused(final int status, final String words, final String method, final String path, final String body) throws IOException, InterruptedException {
        final HttpResponse<String> response = send(method, path, body);
        assertEquals(status, response.statusCode());
        assertTrue(response.body().contains(words), response::body);
    }

    private HttpResponse<String> send(final String method, final String path, final String body) throws IOException, InterruptedException {
        final HttpRequest request = HttpRequest.newBuilder(server.endpoint().resolve(path)).header("Authorization", "Bearer token").method(method, HttpRequest.BodyPublishers.ofString(body)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
