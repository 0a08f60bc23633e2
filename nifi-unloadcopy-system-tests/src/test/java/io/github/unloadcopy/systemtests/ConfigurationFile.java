package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;

/** A configuration for the two clusters, staging with the role, that says no more than it has to. Tests add what they are about. */
final class ConfigurationFile {
    private final ObjectNode root = new ObjectMapper().createObjectNode();

    ConfigurationFile(final Clouds clouds, final String schema, final String... tables) {
        final CloudSettings settings = clouds.settings();
        source().put("schemaName", schema);

        for (final String table : tables) {
            source().withArray("tableNames").add(table);
        }

        describe(source(), clouds, "source");
        staging().put("path", settings.location(settings.stagingPrefix())).put("aws_iam_role", settings.iamRole()).put("region", settings.region()).put("deleteOnSuccess", true);
        describe(target(), clouds, "target");
    }

    ObjectNode source() {
        return root.withObject("/unloadSource");
    }

    ObjectNode staging() {
        return root.withObject("/s3Staging");
    }

    ObjectNode target() {
        return root.withObject("/copyTarget");
    }

    /** Names the target's schema and tables, which are the source's otherwise. */
    ConfigurationFile into(final String schema, final String... tables) {
        target().put("schemaName", schema);

        for (final String table : tables) {
            target().withArray("tableNames").add(table);
        }

        return this;
    }

    @Override
    public String toString() {
        return root.toPrettyString();
    }

    private static void describe(final ObjectNode node, final Clouds clouds, final String name) {
        final SandboxEndpoints.Cluster cluster = clouds.settings().cluster(name);
        node.put("clusterEndpoint", cluster.host()).put("clusterPort", cluster.port()).put("connectUser", cluster.user()).put("connectPwd", clouds.encrypt(cluster.password()))
                .put("db", cluster.database());
    }
}
