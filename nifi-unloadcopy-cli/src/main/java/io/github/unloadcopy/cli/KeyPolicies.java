package io.github.unloadcopy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.Arrays;
import java.util.List;

/**
 * Who has to be allowed what on a key. The key's ARN stands in the policies because IAM takes neither alias nor key id for it (KMS Developer Guide, "Specifying KMS keys in IAM policy
 * statements").
 *
 * @param keyArn ARN of the key
 */
record KeyPolicies(String keyArn) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectWriter PRETTY = JSON.writerWithDefaultPrettyPrinter();

    /** The policies with a heading each. */
    String text() throws JsonProcessingException {
        final StringBuilder text = new StringBuilder("IAM policies that let it be used. Principals of other accounts need the same in the key's own policy.\n");

        for (final Party party : Party.values()) {
            text.append("%n%s:%n%s%n".formatted(party.heading, PRETTY.writeValueAsString(policy(party))));
        }

        return text.toString();
    }

    /** The policies by name. */
    ObjectNode json() {
        final ObjectNode policies = JSON.createObjectNode();

        for (final Party party : Party.values()) {
            policies.set(party.field, policy(party));
        }

        return policies;
    }

    private ObjectNode policy(final Party party) {
        final ObjectNode policy = JSON.createObjectNode().put("Version", "2012-10-17");
        final ObjectNode statement = policy.putArray("Statement").addObject().put("Effect", "Allow");
        final ArrayNode actions = statement.putArray("Action");
        party.actions.forEach(actions::add);
        statement.put("Resource", keyArn);
        return policy;
    }

    private enum Party {
        NIFI("nifi", "For NiFi (on top of its access to S3)", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"),
        CLUSTERS("clusterRole", "For the role of the clusters, aws_iam_role (on top of its access to S3)", "kms:Decrypt", "kms:GenerateDataKey"),
        ENCRYPTING("encrypting", "For whoever encrypts and checks values with this program", "kms:Encrypt", "kms:Decrypt", "kms:DescribeKey");

        private final String field;
        private final String heading;
        private final List<String> actions;

        Party(final String field, final String heading, final String... actions) {
            this.field = field;
            this.heading = heading;
            this.actions = Arrays.asList(actions);
        }
    }
}
