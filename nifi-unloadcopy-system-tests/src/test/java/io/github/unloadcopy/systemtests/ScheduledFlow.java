package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The delivered flow with the two schedules for one run a day: a CRON expression, and a timer with a Minimum Run Interval. */
final class ScheduledFlow {
    static final String MINIMUM_RUN_INTERVAL = "20 hours";
    private static final String MINIMUM_RUN_INTERVAL_PROPERTY = "Minimum Run Interval";

    private ScheduledFlow() {
    }

    /**
     * The delivered flow, at an hour that does not come while a test runs.
     *
     * @param folder the definition is written there
     * @param timeout Communications Timeout of Decrypt Config
     */
    static Path cronDriven(final Path folder, final String timeout) throws IOException {
        final ObjectNode flow = delivered();
        final ObjectNode decrypt = decrypt(flow);
        assertEquals(List.of("CRON_DRIVEN", "0 0 4 * * ?"), List.of(decrypt.path("schedulingStrategy").asText(), decrypt.path("schedulingPeriod").asText()));
        decrypt.put("schedulingPeriod", "0 0 %d * * ?".formatted(LocalTime.now().plusHours(12).getHour()));
        decrypt.withObject("properties").put("Communications Timeout", timeout);
        return Files.writeString(folder.resolve("by-cron.json"), flow.toString());
    }

    /**
     * The delivered flow as a user has it who prefers a timer.
     *
     * @param folder the definition is written there
     * @param period Run Schedule of Decrypt Config
     * @param timeout Communications Timeout of Decrypt Config
     */
    static Path timerDriven(final Path folder, final String period, final String timeout) throws IOException {
        final ObjectNode flow = delivered();
        final ObjectNode decrypt = decrypt(flow);
        decrypt.put("schedulingStrategy", "TIMER_DRIVEN").put("schedulingPeriod", period);
        decrypt.withObject("properties").put(MINIMUM_RUN_INTERVAL_PROPERTY, MINIMUM_RUN_INTERVAL).put("Communications Timeout", timeout);
        return Files.writeString(folder.resolve("by-timer.json"), flow.toString());
    }

    /** Changes the Minimum Run Interval of a flow that is stopped; null removes it. */
    static void setMinimumRunInterval(final NiFiClient client, final ProcessGroup group, final String value) throws NiFiException {
        final ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.putObject("properties").put(MINIMUM_RUN_INTERVAL_PROPERTY, value);
        client.configure(group, DeliveredFlow.DECRYPT, config);
    }

    /** How often a timer-driven Decrypt Config has been triggered in a NiFi, or on a node, and has started nothing because of its interval. */
    static long triggersWithoutRun(final NiFiInstance instance) throws IOException {
        return Files.readAllLines(instance.applicationLog()).stream()
                .filter(line -> line.contains("Nothing is started, because run ") && line.contains("%s is %s".formatted(MINIMUM_RUN_INTERVAL_PROPERTY, MINIMUM_RUN_INTERVAL))).count();
    }

    private static ObjectNode delivered() throws IOException {
        return (ObjectNode) new ObjectMapper().readTree(Build.current().exampleFlow().toFile());
    }

    private static ObjectNode decrypt(final ObjectNode flow) {
        for (final JsonNode processor : flow.path("flowContents").path("processors")) {
            if (processor.path("name").asText().equals(DeliveredFlow.DECRYPT)) {
                return (ObjectNode) processor;
            }
        }

        throw new IllegalStateException("The flow has no " + DeliveredFlow.DECRYPT);
    }
}
