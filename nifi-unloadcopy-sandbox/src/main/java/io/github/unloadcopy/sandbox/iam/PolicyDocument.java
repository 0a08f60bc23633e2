package io.github.unloadcopy.sandbox.iam;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unloadcopy.sandbox.cloud.CloudException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads policies in IAM's own grammar ("Grammar of the IAM JSON policy language", IAM User Guide): Version, Id, Statement with Sid, Effect, Principal, Action and Resource.
 * What the sandbox would have to ignore, it refuses by name: Condition, NotAction, NotResource, NotPrincipal, policy variables, and principals that are neither AWS nor Service.
 */
public final class PolicyDocument {

    private static final ObjectMapper MAPPER = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Set<String> VERSIONS = Set.of("2012-10-17", "2008-10-17");
    private static final Set<String> DOCUMENT = Set.of("Version", "Id", "Statement");
    private static final Pattern ACTION = Pattern.compile("\\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+");
    private static final int BAD_REQUEST = 400;

    private PolicyDocument() {
    }

    /**
     * Reads the policy of a role or a user.
     *
     * @throws CloudException MalformedPolicyDocument, which says what is wrong
     */
    public static List<Statement> identity(final String json) {
        return read(json, Set.of("Sid", "Effect", "Action", "Resource"));
    }

    /**
     * Reads whom a role trusts.
     *
     * @throws CloudException MalformedPolicyDocument, which says what is wrong
     */
    public static ResourcePolicy trust(final String json) {
        return new ResourcePolicy(json, read(json, Set.of("Sid", "Effect", "Principal", "Action")));
    }

    /**
     * Reads who may use a KMS key.
     *
     * @throws CloudException MalformedPolicyDocument, which says what is wrong
     */
    public static ResourcePolicy key(final String json) {
        return new ResourcePolicy(json, read(json, Set.of("Sid", "Effect", "Principal", "Action", "Resource")));
    }

    private static List<Statement> read(final String json, final Set<String> elements) {
        final JsonNode document = parse(json);
        requireOnly(document, DOCUMENT, "The policy");
        if (document.has("Version") && !VERSIONS.contains(document.path("Version").asText())) {
            throw malformed("The policy must contain a valid version string.");
        }

        final List<Statement> statements = new ArrayList<>();
        for (final JsonNode statement : several(document.path("Statement"))) {
            statements.add(statement(statement, elements));
        }

        if (statements.isEmpty()) {
            throw malformed("Syntax errors in policy: it has no Statement.");
        }

        return statements;
    }

    private static JsonNode parse(final String json) {
        try {
            final JsonNode document = MAPPER.readTree(json);
            if (document.isObject()) {
                return document;
            }

            throw malformed("Syntax errors in policy: it must be one JSON object.");
        } catch (final JsonProcessingException e) {
            throw malformed("Syntax errors in policy: " + e.getOriginalMessage());
        }
    }

    private static Statement statement(final JsonNode statement, final Set<String> elements) {
        requireOnly(statement, elements, "A statement");
        final String effect = statement.path("Effect").asText();
        if (!effect.equals("Allow") && !effect.equals("Deny")) {
            throw malformed("Syntax errors in policy: Effect must be Allow or Deny.");
        }

        final List<String> actions = texts(statement, "Action");
        for (final String action : actions) {
            if (!ACTION.matcher(action).matches()) {
                throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: " + action);
            }
        }

        final List<String> resources = elements.contains("Resource") ? texts(statement, "Resource") : List.of("*");
        for (final String resource : resources) {
            requireResource(resource);
        }

        return new Statement(effect.equals("Deny"), elements.contains("Principal") ? principals(statement.path("Principal")) : Principals.NOBODY, actions, resources);
    }

    private static void requireResource(final String resource) {
        if (resource.contains("${")) {
            throw malformed("The sandbox has no policy variables: " + resource);
        }

        if (!resource.equals("*") && !resource.startsWith("arn:")) {
            throw malformed("Resource " + resource + " must be in ARN format or \"*\".");
        }
    }

    private static Principals principals(final JsonNode principal) {
        if (principal.isTextual() && principal.textValue().equals("*")) {
            return new Principals(List.of("*"), List.of());
        }

        if (!principal.isObject() || principal.isEmpty()) {
            throw malformed("Syntax errors in policy: a statement needs a Principal.");
        }

        requireOnly(principal, Set.of("AWS", "Service"), "A Principal");
        return new Principals(principal.has("AWS") ? texts(principal, "AWS") : List.of(), principal.has("Service") ? texts(principal, "Service") : List.of());
    }

    private static List<String> texts(final JsonNode parent, final String name) {
        final List<String> texts = new ArrayList<>();
        for (final JsonNode value : several(parent.path(name))) {
            if (!value.isTextual()) {
                throw malformed("Syntax errors in policy: " + name + " must be a text or a list of texts.");
            }

            texts.add(value.textValue());
        }

        if (texts.isEmpty()) {
            throw malformed("Policy statement must contain " + (name.equals("Action") ? "actions" : name) + ".");
        }

        return texts;
    }

    /** IAM takes one thing where a list of things may be. */
    private static List<JsonNode> several(final JsonNode node) {
        if (node.isArray()) {
            final List<JsonNode> elements = new ArrayList<>();
            node.forEach(elements::add);
            return elements;
        }

        return node.isMissingNode() || node.isNull() ? List.of() : List.of(node);
    }

    private static void requireOnly(final JsonNode node, final Set<String> known, final String what) {
        final Set<String> unknown = new TreeSet<>();
        for (final Map.Entry<String, JsonNode> property : node.properties()) {
            unknown.add(property.getKey());
        }

        unknown.removeAll(known);
        if (!node.isObject() || !unknown.isEmpty()) {
            final String extra = unknown.isEmpty() ? "." : ": not " + String.join(", ", unknown) + ".";
            throw malformed(what + " takes " + String.join(", ", new TreeSet<>(known)) + " in the sandbox, which ignores nothing" + extra);
        }
    }

    private static CloudException malformed(final String message) {
        return new CloudException("MalformedPolicyDocument", BAD_REQUEST, message);
    }
}
