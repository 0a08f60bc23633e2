package io.github.unloadcopy.sandbox.control;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ControlServerTest {

    private final Calls calls = new Calls();
    private final AtomicInteger throttled = new AtomicInteger();
    private final HttpClient client = HttpClient.newHttpClient();
    private ControlServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ControlServer(calls, throttled::set);
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

        assertEquals("{\"kms\":{\"Decrypt\":2},\"s3\":{\"PutObject\":1}}", send("GET", "/calls").body());
    }

    @Test
    void throttlingIsPassedOn() throws Exception {
        assertEquals(204, send("POST", "/kms/throttle?requests=3").statusCode());
        assertEquals(3, throttled.get());
    }

    @Test
    void othersAreToldWhatThereIs() throws Exception {
        assertEquals(400, send("POST", "/kms/throttle?requests=many").statusCode());
        assertEquals(400, send("POST", "/kms/throttle").statusCode());
        assertEquals(404, send("POST", "/calls").statusCode());
        assertEquals(404, send("GET", "/").statusCode());
        assertEquals(0, throttled.get());
    }

    private HttpResponse<String> send(final String method, final String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(server.endpoint().resolve(path)).method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }
}
