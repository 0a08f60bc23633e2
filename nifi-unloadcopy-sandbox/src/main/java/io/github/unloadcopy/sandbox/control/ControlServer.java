package io.github.unloadcopy.sandbox.control;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What tests ask and tell the sandbox itself, over HTTP on loopback.
 *
 * <ul>
 * <li>{@code GET /calls}: how often each operation was asked for, as {@code {"kms":{"Decrypt":1},"s3":{…},"s3FromClusters":{…}}}
 * <li>{@code POST /kms/throttle?requests=3}: KMS refuses that many requests with ThrottlingException
 * </ul>
 */
public final class ControlServer implements AutoCloseable {

    private static final Pattern REQUESTS = Pattern.compile("requests=(\\d{1,6})");
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;

    private final ObjectMapper mapper = new ObjectMapper();
    private final Calls calls;
    private final IntConsumer throttle;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Starts to serve on a free port.
     *
     * @param throttle told how many of KMS's requests are to be refused
     */
    public ControlServer(final Calls calls, final IntConsumer throttle) throws IOException {
        this.calls = calls;
        this.throttle = throttle;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
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
            switch (exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath()) {
                case "GET /calls":
                    answer(exchange, OK, calls.counts());
                    break;
                case "POST /kms/throttle":
                    throttle(exchange);
                    break;
                default:
                    answer(exchange, NOT_FOUND, Map.of("message", "The sandbox's control answers GET /calls and POST /kms/throttle?requests=N."));
            }
        }
    }

    private void throttle(final HttpExchange exchange) throws IOException {
        final Matcher query = REQUESTS.matcher(String.valueOf(exchange.getRequestURI().getQuery()));
        if (query.matches()) {
            throttle.accept(Integer.parseInt(query.group(1)));
            exchange.sendResponseHeaders(NO_CONTENT, -1);
        } else {
            answer(exchange, BAD_REQUEST, Map.of("message", "Say how many: POST /kms/throttle?requests=3"));
        }
    }

    private void answer(final HttpExchange exchange, final int status, final Object json) throws IOException {
        final byte[] body = mapper.writeValueAsBytes(json);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
