package io.github.unloadcopy.systemtests;

import java.util.Set;

/**
 * A node of a NiFi cluster.
 *
 * @param id its id in the cluster
 * @param webPort port of its REST API
 * @param status such as CONNECTED or DISCONNECTED
 * @param roles what it does for the cluster: "Primary Node", "Cluster Coordinator", both or neither
 */
record ClusterNode(String id, int webPort, String status, Set<String> roles) {
    ClusterNode {
        roles = Set.copyOf(roles);
    }

    boolean isConnected() {
        return status.equals("CONNECTED");
    }

    boolean isPrimary() {
        return roles.contains("Primary Node");
    }
}
