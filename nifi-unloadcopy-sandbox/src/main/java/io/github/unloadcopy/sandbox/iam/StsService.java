package io.github.unloadcopy.sandbox.iam;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Principal;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * STS's query protocol, version 2011-06-15: AssumeRole, GetSessionToken and GetCallerIdentity ("Actions", AWS Security Token Service API Reference).
 */
public final class StsService {

    private static final String VERSION = "2011-06-15";
    private static final String DURATION = "DurationSeconds";
    private static final Set<String> ASSUME_ROLE_PARAMETERS = Set.of("RoleArn", "RoleSessionName", DURATION, "ExternalId");
    private static final Pattern SESSION_NAME = Pattern.compile("[\\w+=,.@-]{2,64}");
    private static final int SHORTEST = 900;
    private static final int LONGEST_ROLE = 43_200;
    private static final int LONGEST_TOKEN = 129_600;
    private static final int LONGEST_OF_ROOT = 3_600;
    private static final int LONGEST_CHAINED = 3_600;
    private static final int DEFAULT_ROLE = 3_600;
    private static final int DEFAULT_TOKEN = 43_200;
    private static final int ID_LENGTH = 17;
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;

    /** What the JSON protocol calls what the query protocol has other names for. */
    private static final Map<String, String> QUERY_CODES = Map.of(
            "MissingAuthenticationTokenException", "MissingAuthenticationToken",
            "IncompleteSignatureException", "IncompleteSignature",
            "UnrecognizedClientException", "InvalidClientTokenId",
            "InvalidSignatureException", "SignatureDoesNotMatch",
            "ExpiredTokenException", "ExpiredToken");

    private final Iam iam;
    private final SignatureVerifier signatures;

    public StsService(final Iam iam, final String region, final Clock clock) {
        this.iam = iam;
        this.signatures = new SignatureVerifier(iam, "sts", region, clock);
    }

    /**
     * The operation that a body asks for.
     *
     * @return empty when it names none
     */
    public static String operation(final byte[] body) {
        return form(body).getOrDefault("Action", "");
    }

    /** Answers one request, whatever is in it. */
    public Answer answer(final RpcRequest request) {
        final String requestId = UUID.randomUUID().toString();
        try {
            return new Answer(OK, requestId, perform(form(request.body()), request, requestId));
        } catch (final CloudException e) {
            final String code = QUERY_CODES.getOrDefault(e.code(), e.code());
            final boolean isAboutCredentials = !code.equals(e.code()) && !code.equals("IncompleteSignature");
            return new Answer(isAboutCredentials ? FORBIDDEN : e.status(), requestId, error(code, e.getMessage(), requestId));
        }
    }

    private String perform(final SortedMap<String, String> form, final RpcRequest request, final String requestId) {
        final Principal principal = signatures.verify(request);
        final String action = form.getOrDefault("Action", "");
        if (!VERSION.equals(form.remove("Version"))) {
            throw new CloudException("InvalidAction", BAD_REQUEST, "Could not find operation " + action + " for another version than " + VERSION);
        }

        form.remove("Action");
        return switch (action) {
            case "GetCallerIdentity" -> getCallerIdentity(principal, form, requestId);
            case "GetSessionToken" -> getSessionToken(principal, form, requestId);
            case "AssumeRole" -> assumeRole(principal, form, requestId);
            default -> throw new CloudException("InvalidAction", BAD_REQUEST, "Could not find operation " + action + " for version " + VERSION
                    + ": the sandbox has AssumeRole, GetCallerIdentity and GetSessionToken.");
        };
    }

    private static String getCallerIdentity(final Principal principal, final SortedMap<String, String> form, final String requestId) {
        requireOnly(form, Set.of());
        return result("GetCallerIdentity", requestId, xml -> xml
                .text("Arn", principal.arn())
                .text("UserId", userId(principal.arn()))
                .text("Account", Iam.ACCOUNT_ID));
    }

    private String getSessionToken(final Principal principal, final SortedMap<String, String> form, final String requestId) {
        requireOnly(form, Set.of(DURATION));
        final int asked = seconds(form, DEFAULT_TOKEN, LONGEST_TOKEN);
        if (iam.find(principal.accessKeyId()).map(AccessKey::sessionToken).isPresent()) {
            throw new CloudException("AccessDenied", FORBIDDEN, "Cannot call GetSessionToken with session credentials");
        }

        final int seconds = Iam.isRoot(principal) ? Math.min(asked, LONGEST_OF_ROOT) : asked;
        final AccessKey key = iam.startSession(principal, Duration.ofSeconds(seconds));
        return result("GetSessionToken", requestId, xml -> credentials(xml, key));
    }

    private String assumeRole(final Principal principal, final SortedMap<String, String> form, final String requestId) {
        requireOnly(form, ASSUME_ROLE_PARAMETERS);
        final String roleArn = required(form, "RoleArn");
        final String sessionName = required(form, "RoleSessionName");
        if (!SESSION_NAME.matcher(sessionName).matches()) {
            throw invalid("1 validation error detected: Value '" + sessionName + "' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*");
        }

        final int seconds = seconds(form, DEFAULT_ROLE, LONGEST_ROLE);
        requireShortEnough(principal, roleArn, seconds);
        final AccessKey key = iam.assumeRole(principal, roleArn, sessionName, Duration.ofSeconds(seconds));
        final String assumed = key.principal().arn();
        return result("AssumeRole", requestId, xml -> {
            xml.open("AssumedRoleUser").text("AssumedRoleId", userId(assumed)).text("Arn", assumed).close();
            credentials(xml, key);
        });
    }

    private void requireShortEnough(final Principal principal, final String roleArn, final int seconds) {
        if (Iam.isRoleSession(principal) && seconds > LONGEST_CHAINED) {
            throw invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
        }

        final Role role = iam.findRole(roleArn);
        if (role != null && seconds > role.longestSession().toSeconds()) {
            throw invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }
    }

    private static int seconds(final Map<String, String> form, final int otherwise, final int longest) {
        final String text = form.get(DURATION);
        if (text == null) {
            return otherwise;
        }

        final int seconds;
        try {
            seconds = Integer.parseInt(text);
        } catch (final NumberFormatException e) {
            throw new CloudException("MalformedInput", BAD_REQUEST, "'" + text + "' is no number of seconds.");
        }

        if (seconds < SHORTEST || seconds > longest) {
            throw invalid("1 validation error detected: Value '%d' at 'durationSeconds' failed to satisfy constraint: Member must have value %s than or equal to %d"
                    .formatted(seconds, seconds < SHORTEST ? "greater" : "less", seconds < SHORTEST ? SHORTEST : longest));
        }

        return seconds;
    }

    private static void credentials(final QueryXml xml, final AccessKey key) {
        xml.open("Credentials")
                .text("AccessKeyId", key.accessKeyId())
                .text("SecretAccessKey", key.secretAccessKey())
                .text("SessionToken", key.sessionToken())
                .text("Expiration", key.expiration().truncatedTo(ChronoUnit.SECONDS).toString())
                .close();
    }

    /** Made up of the name, as real ones are not: nothing reads them. */
    private static String userId(final String arn) {
        if (arn.equals(Iam.ROOT_ARN)) {
            return Iam.ACCOUNT_ID;
        }

        final String[] parts = arn.split("/");
        final String digest = UUID.nameUUIDFromBytes(parts[1].getBytes(StandardCharsets.UTF_8)).toString().replace("-", "").substring(0, ID_LENGTH).toUpperCase(Locale.ROOT);
        return parts.length > 2 ? "AROA" + digest + ":" + parts[2] : "AIDA" + digest;
    }

    private static String required(final Map<String, String> form, final String name) {
        final String value = form.get(name);
        if (value == null || value.isEmpty()) {
            final String field = Character.toLowerCase(name.charAt(0)) + name.substring(1);
            throw invalid("1 validation error detected: Value null at '" + field + "' failed to satisfy constraint: Member must not be null");
        }

        return value;
    }

    private static void requireOnly(final SortedMap<String, String> form, final Set<String> known) {
        final Set<String> unknown = new TreeSet<>(form.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw invalid("The sandbox does not know " + String.join(", ", unknown) + " here, and ignores no parameter: leave it out.");
        }
    }

    private static CloudException invalid(final String message) {
        return new CloudException("ValidationError", BAD_REQUEST, message);
    }

    private static SortedMap<String, String> form(final byte[] body) {
        final SortedMap<String, String> form = new TreeMap<>();
        for (final String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
            final int equals = pair.indexOf('=');
            if (equals > 0) {
                form.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }

        return form;
    }

    private static String decode(final String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (final IllegalArgumentException e) {
            return text;
        }
    }

    private static String result(final String operation, final String requestId, final Consumer<QueryXml> content) {
        final QueryXml xml = new QueryXml(operation + "Response").open(operation + "Result");
        content.accept(xml);
        return xml.close().open("ResponseMetadata").text("RequestId", requestId).close().end();
    }

    private static String error(final String code, final String message, final String requestId) {
        return new QueryXml("ErrorResponse")
                .open("Error").text("Type", "Sender").text("Code", code).text("Message", message).close()
                .text("RequestId", requestId)
                .end();
    }

    /**
     * What goes over the wire.
     *
     * @param xml may hold a session's secrets
     */
    public record Answer(int status, String requestId, String xml) {

        /** Names the request only. */
        @Override
        public String toString() {
            return "Answer[" + requestId + ", " + status + "]";
        }
    }
}
