package io.github.unloadcopy.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.client.SessionCredentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A profile that signs in with IAM Identity Center, after "aws sso login": its token is in the SDK's cache. The portal is a stand-in that gives a session of the sandbox's role. */
class IdentityCenterIT {
    private static final SandboxEndpoints ENDPOINTS = CliSandbox.get().endpoints();
    private static final String SESSION = "company";

    private final List<String> calls = new CopyOnWriteArrayList<>();

    @TempDir
    private Path home;

    @Test
    void theProfilesSessionGivesTheCredentials() throws Exception {
        final HttpServer portal = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        portal.createContext("/", this::answer);
        portal.start();

        try {
            final Path folder = Files.createDirectories(home.resolve(".aws"));
            final Path config = Files.writeString(folder.resolve("config"), """
                    [profile sso]
                    sso_session = %1$s
                    sso_account_id = 000000000000
                    sso_role_name = Checking
                    region = us-east-1
                    [sso-session %1$s]
                    sso_region = us-east-1
                    sso_start_url = https://company.awsapps.com/start
                    """.formatted(SESSION));
            final Path cache = Files.createDirectories(folder.resolve("sso").resolve("cache"));
            Files.writeString(cache.resolve(sha1(SESSION) + ".json"),
                    "{\"accessToken\": \"token-of-today\", \"expiresAt\": \"%s\", \"startUrl\": \"https://company.awsapps.com/start\", \"region\": \"us-east-1\"}"
                    .formatted(Instant.now().plus(Duration.ofHours(8)).truncatedTo(ChronoUnit.SECONDS)));
            final Map<String, String> environment = Map.of("HOME", home.toString(), "AWS_CONFIG_FILE", config.toString(), "AWS_ENDPOINT_URL_KMS", ENDPOINTS.kms().endpoint(),
                    "AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:" + portal.getAddress().getPort());

            final String ciphertext = CliRun.of("Hunter-2", "encrypt-value").requireStatus(ExitStatus.OK).out();
            CliRun.of(environment, ciphertext, "decrypt-check", "--profile", "sso").requireStatus(ExitStatus.OK).requireSilenceAbout("Hunter-2", "token-of-today");
            assertEquals(List.of("token-of-today /federation/credentials?role_name=Checking&account_id=000000000000"), calls);
        } finally {
            portal.stop(0);
        }
    }

    private void answer(final HttpExchange exchange) throws IOException {
        calls.add(exchange.getRequestHeaders().getFirst("x-amz-sso_bearer_token") + " " + exchange.getRequestURI());
        final SessionCredentials session = ENDPOINTS.controlClient().startSession(ENDPOINTS.iamRole(), Duration.ofHours(1));
        final byte[] body = "{\"roleCredentials\": {\"accessKeyId\": \"%s\", \"secretAccessKey\": \"%s\", \"sessionToken\": \"%s\", \"expiration\": %d}}"
                .formatted(session.accessKeyId(), session.secretAccessKey(), session.sessionToken(), Instant.now().plus(Duration.ofHours(1)).toEpochMilli()).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String sha1(final String text) throws Exception {
        return "%040x".formatted(new BigInteger(1, MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8))));
    }
}
