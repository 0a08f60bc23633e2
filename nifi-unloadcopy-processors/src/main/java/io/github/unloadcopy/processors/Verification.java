package io.github.unloadcopy.processors;

import org.apache.nifi.components.ConfigVerificationResult;
import org.apache.nifi.components.ConfigVerificationResult.Outcome;
import org.apache.nifi.logging.ComponentLog;

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
}
