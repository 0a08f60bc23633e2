package io.github.unloadcopy.sandbox;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds out at once which of the ports that were asked for is taken, and says by which option.
 */
final class Ports {

    private Ports() {
    }

    /**
     * @throws IOException when one is taken, or is asked for twice
     */
    static void requireFree(final SandboxOptions options) throws IOException {
        final Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put("s3", options.s3Port());
        ports.put("kms", options.kmsPort());
        ports.put("control", options.controlPort());
        ports.put("source", options.sourcePort());
        ports.put("target", options.targetPort());
        try (Resources opened = new Resources()) {
            for (final Map.Entry<String, Integer> port : ports.entrySet()) {
                if (port.getValue() != 0) {
                    opened.add(open(port.getKey(), port.getValue()));
                }
            }
        }
    }

    private static ServerSocket open(final String name, final int port) throws IOException {
        try {
            return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        } catch (final BindException e) {
            throw new IOException("port " + port + " is taken, so --" + name + "-port has to be another one; without that option, the sandbox takes a free one.", e);
        }
    }
}
