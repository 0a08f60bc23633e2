package io.github.unloadcopy.systemtests;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A real NiFi cluster of two nodes on loopback. The ZooKeeper that elects the coordinator and the primary node, and that holds the state of scope CLUSTER, is embedded in the first node, so only
 * the second one may be killed; either one may be disconnected.
 */
final class NiFiCluster implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final String MAXIMUM_HEAP = "700m";
    private static final int SENSITIVE_PROPERTIES_KEY_BYTES = 32;
    private static final int NODES = 2;

    private final List<Node> nodes;

    /**
     * A node.
     *
     * @param instance its NiFi
     * @param client talks to this node; the node passes on what is for the cluster while it is connected
     */
    record Node(NiFiInstance instance, NiFiClient client) {
    }

    private NiFiCluster(final List<Node> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /**
     * Launches both nodes. {@link #awaitConnected()} must follow.
     *
     * @param build where NiFi's libraries and the NAR are
     * @param folder gets a home folder for each node
     * @param environment as for {@link NiFiInstance#launch(Build, Path, Map)}
     */
    static NiFiCluster launch(final Build build, final Path folder, final Map<String, String> environment) throws IOException {
        final byte[] sensitivePropertiesKey = new byte[SENSITIVE_PROPERTIES_KEY_BYTES];
        new SecureRandom().nextBytes(sensitivePropertiesKey);
        final String key = HexFormat.of().formatHex(sensitivePropertiesKey);
        final int zooKeeperPort = NiFiInstance.freePort();
        final List<Node> nodes = new ArrayList<>();

        try {
            for (int number = 1; number <= NODES; number++) {
                final NiFiInstance instance = NiFiInstance.launch(build, folder.resolve("node-" + number), environment, settings(number == 1, zooKeeperPort, key));
                nodes.add(new Node(instance, new NiFiClient(URI.create("http://127.0.0.1:%d".formatted(instance.webPort())))));
            }
        } catch (final IOException exception) {
            nodes.forEach(node -> node.instance().close());
            throw exception;
        }

        return new NiFiCluster(nodes);
    }

    /** Waits until both nodes are connected and one of them is the primary node. */
    void awaitConnected() throws Exception {
        for (final Node node : nodes) {
            node.instance().awaitReady();
        }

        await("both nodes are connected", () -> {
            final List<ClusterNode> known = first().client().clusterNodes();
            // The second node has to know it as well, or it still takes itself for a node that is not connected.
            return known.stream().filter(ClusterNode::isConnected).count() == NODES && known.stream().anyMatch(ClusterNode::isPrimary)
                    && second().client().clusterNodes().stream().filter(ClusterNode::isConnected).count() == NODES;
        });
    }

    /** The node with the ZooKeeper. */
    Node first() {
        return nodes.getFirst();
    }

    /** The node without. */
    Node second() {
        return nodes.getLast();
    }

    Node other(final Node node) {
        return node.equals(first()) ? second() : first();
    }

    /** The primary node, while both are connected. */
    Node primary() throws NiFiException {
        return described(first(), second()).isPrimary() ? second() : first();
    }

    /** Waits until the cluster reports that a node, which has to be connected, is the primary node. */
    void awaitPrimary(final Node node) throws Exception {
        await("the node at port %d is the primary node".formatted(node.instance().webPort()), () -> described(node, node).isPrimary());
    }

    /** Disconnects a node, and waits until it is. */
    void disconnect(final Node node) throws Exception {
        other(node).client().changeClusterNode(described(other(node), node), "DISCONNECTING");
        await("the node at port %d is disconnected".formatted(node.instance().webPort()), () -> described(other(node), node).status().equals("DISCONNECTED"));
    }

    /** Connects a node that was disconnected, and waits until it is. */
    void connect(final Node node) throws Exception {
        other(node).client().changeClusterNode(described(other(node), node), "CONNECTING");
        awaitConnected();
    }

    /** Waits for what the cluster does. For some seconds after a node has gone, NiFi answers requests with an error: they are repeated. */
    static void await(final String what, final Await.Condition condition) throws Exception {
        final Map<String, String> last = new HashMap<>();
        Await.until(DEADLINE, () -> what + last, () -> {
            try {
                last.clear();
                return condition.holds();
            } catch (final NiFiException exception) {
                last.put("error", exception.getMessage());
                return false;
            }
        });
    }

    /** Stops both nodes, the one with the ZooKeeper last. */
    @Override
    public void close() {
        nodes.reversed().forEach(node -> node.instance().close());
    }

    private static ClusterNode described(final Node asked, final Node node) throws NiFiException {
        return asked.client().clusterNodes().stream().filter(candidate -> candidate.webPort() == node.instance().webPort()).findFirst()
                .orElseThrow(() -> new NiFiException("The cluster does not know the node at port %d.".formatted(node.instance().webPort())));
    }

    /** What the Administration Guide asks for in "Clustering Configuration" and "Embedded ZooKeeper Server". */
    private static NiFiInstance.Settings settings(final boolean withZooKeeper, final int zooKeeperPort, final String sensitivePropertiesKey) throws IOException {
        final String zooKeeper = "127.0.0.1:" + zooKeeperPort;
        final Map<String, String> properties = new HashMap<>();
        properties.put("nifi.sensitive.props.key", sensitivePropertiesKey);
        properties.put("nifi.cluster.is.node", "true");
        properties.put("nifi.cluster.node.address", "127.0.0.1");
        properties.put("nifi.cluster.node.protocol.port", Integer.toString(NiFiInstance.freePort()));
        properties.put("nifi.cluster.load.balance.host", "127.0.0.1");
        properties.put("nifi.cluster.load.balance.port", Integer.toString(NiFiInstance.freePort()));
        properties.put("nifi.cluster.protocol.heartbeat.interval", "5 sec");
        properties.put("nifi.cluster.protocol.heartbeat.missable.max", "4");
        properties.put("nifi.cluster.protocol.is.secure", "false");
        properties.put("nifi.cluster.flow.election.max.wait.time", "1 min");
        properties.put("nifi.cluster.flow.election.max.candidates", Integer.toString(NODES));
        properties.put("nifi.cluster.leader.election.implementation", "CuratorLeaderElectionManager");
        properties.put("nifi.zookeeper.connect.string", zooKeeper);
        properties.put("nifi.zookeeper.root.node", "/nifi");
        properties.put("nifi.zookeeper.connect.timeout", "10 secs");
        properties.put("nifi.zookeeper.session.timeout", "10 secs");
        properties.put("nifi.state.management.provider.cluster", "cluster-provider");
        final Map<String, String> files = new HashMap<>();
        files.put("conf/state-management.xml", """
                <?xml version="1.0" encoding="UTF-8"?>
                <stateManagement>
                    <local-provider>
                        <id>local-provider</id>
                        <class>org.apache.nifi.controller.state.providers.local.WriteAheadLocalStateProvider</class>
                        <property name="Directory">./state/local</property>
                    </local-provider>
                    <cluster-provider>
                        <id>cluster-provider</id>
                        <class>org.apache.nifi.controller.state.providers.zookeeper.ZooKeeperStateProvider</class>
                        <property name="Connect String">%s</property>
                        <property name="Root Node">/nifi</property>
                        <property name="Session Timeout">10 seconds</property>
                        <property name="Access Control">Open</property>
                    </cluster-provider>
                </stateManagement>
                """.formatted(zooKeeper));

        if (withZooKeeper) {
            properties.put("nifi.state.management.embedded.zookeeper.start", "true");
            properties.put("nifi.state.management.embedded.zookeeper.properties", "./conf/zookeeper.properties");
            files.put("conf/zookeeper.properties", """
                    clientPortAddress=127.0.0.1
                    clientPort=%d
                    dataDir=./state/zookeeper
                    tickTime=2000
                    """.formatted(zooKeeperPort));
        }

        return new NiFiInstance.Settings(MAXIMUM_HEAP, properties, files);
    }
}
