package io.github.unloadcopy.processors;

import org.apache.nifi.components.ConfigVerificationResult;
import org.apache.nifi.components.ConfigVerificationResult.Outcome;
import org.apache.nifi.context.PropertyContext;
import org.apache.nifi.logging.ComponentLog;

import java.sql.Connection;
import java.util.Map;

/**
 * Steps of a configuration's verification.
 */
final class Verification {

    private Verification() {
    }

    /** What a step tries, and what it says when it succeeds. */
    @FunctionalInterface
    interface Step {

        String run() throws Exception;
    }

    /** Runs a step; whatever it throws becomes a failed result with its message. */
    static ConfigVerificationResult step(final String name, final ComponentLog verificationLogger, final Step step) {
        final ConfigVerificationResult.Builder result = new ConfigVerificationResult.Builder().verificationStepName(name);

        try {
            return result.outcome(Outcome.SUCCESSFUL).explanation(step.run()).build();
        } catch (final Exception e) {
            verificationLogger.warn("{} failed", name, e);
            return result.outcome(Outcome.FAILED).explanation(String.valueOf(e.getMessage())).build();
        }
    }

    /** Connects with the attributes of a FlowFile, or says that they are needed. */
    static ConfigVerificationResult connect(final PropertyContext context, final ComponentLog verificationLogger, final Map<String, String> attributes) {
        final String name = "Connect to the cluster";

        if (attributes.isEmpty()) {
            return new ConfigVerificationResult.Builder().verificationStepName(name).outcome(Outcome.SKIPPED)
                    .explanation("The cluster is known only from a FlowFile: give the attributes that DecryptConfig writes to verify with them").build();
        }

        return step(name, verificationLogger, () -> {
            try (Connection connection = Connections.open(CommonProperties.connectionPoolingService(context), attributes)) {
                return "Connected as %s".formatted(connection.getMetaData().getUserName());
            }
        });
    }
}
