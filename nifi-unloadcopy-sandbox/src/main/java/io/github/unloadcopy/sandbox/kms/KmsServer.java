package io.github.unloadcopy.sandbox.kms;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.control.Calls;
import io.github.unloadcopy.sandbox.faults.Faults;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.iam.RpcRequest;
import io.github.unloadcopy.sandbox.iam.SignatureVerifier;
import io.github.unloadcopy.sandbox.iam.StsService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * KMS's JSON 1.1 protocol on loopback, and on the same port STS's query protocol: the endpoint serves as {@code AWS_ENDPOINT_URL_KMS} and as {@code AWS_ENDPOINT_URL_STS}.
 */
public final class KmsServer implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(KmsServer.class);

    private static final String CONTENT_TYPE = "application/x-amz-json-1.1";
    private static final String REQUEST_ID = "x-amzn-RequestId";
    private static final String TARGET_PREFIX = "TrentService.";
    /** Far more than the largest request, which is Decrypt's with its encryption context. */
    private static final int LARGEST_BODY = 256 * 1024;
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int INTERNAL_ERROR = 500;

    private final ObjectMapper mapper = new ObjectMapper();
    private final KmsOperations operations;
    private final SignatureVerifier signatures;
    private final StsService sts;
    private final Calls calls;
    private final KmsFaults faults;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Starts to serve.
     *
     * @param port 0 for a free one
     * @throws IOException when the port is taken
     */
    public KmsServer(final int port, final KeyRing ring, final Iam iam, final String region, final Clock clock, final Calls calls, final Faults faults) throws IOException {
        this.operations = new KmsOperations(ring, clock);
        this.signatures = new SignatureVerifier(iam, "kms", region, clock);
        this.sts = new StsService(iam, region, clock);
        this.calls = calls;
        this.faults = new KmsFaults(faults, ring);
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
            final byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
            final RpcRequest request = new RpcRequest(exchange.getRequestMethod(), exchange.getRequestHeaders(), body);
            if (String.valueOf(request.header("Content-Type")).startsWith("application/x-www-form-urlencoded")) {
                answerForSts(exchange, request);
            } else {
                answerForKms(exchange, request);
            }
        }
    }

    private void answerForSts(final HttpExchange exchange, final RpcRequest request) throws IOException {
        calls.count("sts", StsService.operation(request.body()));
        final StsService.Answer answer = sts.answer(request);
        final byte[] xml = answer.xml().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set(REQUEST_ID, answer.requestId());
        exchange.getResponseHeaders().set("Content-Type", "text/xml");
        exchange.sendResponseHeaders(answer.status(), xml.length);
        exchange.getResponseBody().write(xml);
    }

    private void answerForKms(final HttpExchange exchange, final RpcRequest request) throws IOException {
        final String requestId = UUID.randomUUID().toString();
        exchange.getResponseHeaders().set(REQUEST_ID, requestId);
        try {
            answer(exchange, OK, perform(exchange, request));
        } catch (final CloudException e) {
            refuse(exchange, e.status(), e.code(), e.getMessage());
        } catch (final RuntimeException e) {
            LOGGER.error("KMS request {} failed", requestId, e);
            refuse(exchange, INTERNAL_ERROR, "KMSInternalException", "The sandbox failed: its log has request " + requestId + ".");
        }
    }

    private ObjectNode perform(final HttpExchange exchange, final RpcRequest request) throws IOException {
        final String target = request.header("X-Amz-Target");
        final boolean proper = request.method().equals("POST") && exchange.getRequestURI().toString().equals("/") && request.body().length <= LARGEST_BODY;
        if (!proper || target == null || !target.startsWith(TARGET_PREFIX)) {
            throw new CloudException("UnknownOperationException", BAD_REQUEST, "KMS takes POST / with the header X-Amz-Target: " + TARGET_PREFIX + "<operation>.");
        }

        final String operation = target.substring(TARGET_PREFIX.length());
        calls.count("kms", operation);
        final Principal principal = signatures.verify(request);
        final ObjectNode parameters = parse(request.body());
        return faults.around(operation, parameters, () -> operations.perform(principal, operation, parameters));
    }

    private ObjectNode parse(final byte[] body) throws IOException {
        try {
            final JsonNode json = mapper.readTree(body);
            if (json instanceof final ObjectNode object) {
                return object;
            }

            throw new CloudException("SerializationException", BAD_REQUEST, "The body must be a JSON object.");
        } catch (final JsonProcessingException e) {
            // The parser's message would quote the body, which may hold plaintext.
            throw new CloudException("SerializationException", BAD_REQUEST, "The body must be JSON.");
        }
    }

    private void refuse(final HttpExchange exchange, final int status, final String code, final String message) throws IOException {
        exchange.getResponseHeaders().set("x-amzn-ErrorType", code);
        final ObjectNode error = JsonNodeFactory.instance.objectNode().put("__type", code);
        if (message != null) {
            error.put("message", message);
        }

        answer(exchange, status, error);
    }

    private void answer(final HttpExchange exchange, final int status, final ObjectNode json) throws IOException {
        // An operation without output answers with an empty body, as KMS does.
        final byte[] body = json.isEmpty() ? new byte[0] : mapper.writeValueAsBytes(json);
        exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }
}
