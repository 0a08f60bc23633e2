package io.github.unloadcopy.sandbox.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What tests ask and tell the sandbox itself: JSON over HTTP on loopback. {@code GET /} answers with everything that can be asked.
 *
 * <p>It answers those who send its token, as {@code Authorization: Bearer}: others who use this machine can reach its port as well. A web page cannot ask it under a name of its own either, which is
 * what requests say in Host and Origin.
 */
public final class ControlServer implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ControlServer.class);
    private static final int LONGEST_BODY = 1 << 20;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int INTERNAL_ERROR = 500;

    private final ObjectMapper mapper = new ObjectMapper();
    private final List<Route> routes;
    private final byte[] authorization;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Starts to serve.
     *
     * @param port 0 for a free one
     * @param token of those who may ask; not empty
     * @throws IOException when the port is taken
     */
    public ControlServer(final int port, final List<Route> routes, final String token) throws IOException {
        this.authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        this.routes = List.copyOf(routes);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(final HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                route(exchange);
            } catch (final IllegalArgumentException e) {
                answer(exchange, BAD_REQUEST, message(e.getMessage()));
            } catch (final NoSuchElementException e) {
                answer(exchange, NOT_FOUND, message(e.getMessage()));
            } catch (final RuntimeException e) {
                LOGGER.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI().getPath(), e);
                answer(exchange, INTERNAL_ERROR, message("The sandbox failed: its log has the cause."));
            }
        }
    }

    private void route(final HttpExchange exchange) throws IOException {
        // A page in a browser of this machine can send requests here, but not without saying that it is one.
        if (exchange.getRequestHeaders().containsKey("Origin") || !isLocal(exchange.getRequestHeaders().getFirst("Host"))) {
            answer(exchange, FORBIDDEN, message("The control does not answer web pages, and only to 127.0.0.1 and localhost."));
            return;
        }

        if (!isAuthorized(exchange.getRequestHeaders().get("Authorization"))) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            answer(exchange, UNAUTHORIZED, message("The control needs its token, which the sandbox prints when it is ready: Authorization: Bearer TOKEN."));
            return;
        }

        final String path = exchange.getRequestURI().getPath();
        if (path.equals("/") && exchange.getRequestMethod().equals("GET")) {
            answer(exchange, OK, Map.of("routes", routes.stream().map(ControlServer::describe).toList()));
            return;
        }

        for (final Route route : routes) {
            final Map<String, String> values = route.match(path);
            if (values != null && route.method().equals(exchange.getRequestMethod())) {
                values.putAll(query(exchange.getRequestURI().getQuery()));
                final Object answer = route.handler().handle(new Route.Request(values, body(exchange)));
                answer(exchange, answer == null ? NO_CONTENT : OK, answer);
                return;
            }
        }

        throw new NoSuchElementException("The sandbox's control does not know " + exchange.getRequestMethod() + " " + path + ": GET / lists what it knows.");
    }

    /** A foreign name that resolves to this machine (DNS rebinding) is not one that it goes by. */
    private boolean isLocal(final String host) {
        final int port = server.getAddress().getPort();
        return host != null && (host.equals("127.0.0.1:" + port) || host.equalsIgnoreCase("localhost:" + port));
    }

    /** Takes the same time whatever is wrong with the token. */
    private boolean isAuthorized(final List<String> headers) {
        return headers != null && headers.size() == 1 && MessageDigest.isEqual(authorization, headers.getFirst().getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> describe(final Route route) {
        final Map<String, String> description = new LinkedHashMap<>();
        description.put("request", route.method() + " " + route.path());
        description.put("does", route.does());
        return description;
    }

    private static Map<String, String> query(final String query) {
        final Map<String, String> values = new LinkedHashMap<>();
        if (query != null) {
            for (final String pair : query.split("&")) {
                final int equals = pair.indexOf('=');
                values.put(equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
            }
        }

        return values;
    }

    private JsonNode body(final HttpExchange exchange) throws IOException {
        final byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY + 1);
        if (body.length > LONGEST_BODY) {
            throw new IllegalArgumentException("The body has more than 1 MiB.");
        }

        try {
            return body.length == 0 ? mapper.createObjectNode() : mapper.readTree(body);
        } catch (final JsonProcessingException e) {
            throw new IllegalArgumentException("The body is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Map<String, String> message(final String text) {
        return Map.of("message", String.valueOf(text));
    }

    private void answer(final HttpExchange exchange, final int status, final Object json) throws IOException {
        if (json == null) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }

        final byte[] body = mapper.writeValueAsBytes(json);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
