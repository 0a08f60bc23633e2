package io.github.unloadcopy.processors;

import io.github.unloadcopy.config.ConfigException;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.redshift.Reason;
import io.github.unloadcopy.redshift.RedshiftException;
import io.github.unloadcopy.services.MigrationRunException;
import io.github.unloadcopy.staging.StagingException;
import org.apache.nifi.flowfile.FlowFile;
import org.apache.nifi.logging.ComponentLog;
import org.apache.nifi.processor.ProcessSession;

import java.util.Map;

/**
 * What every FlowFile says that goes to failure.
 */
final class Failures {

    private Failures() {
    }

    /**
     * Puts the FlowFile back into its queue, penalized, when all that was missing is a session: see {@link Reason#isRetried()}.
     *
     * @return whether it is back, and the session with it
     */
    static boolean retriesLater(final ProcessSession session, final ComponentLog log, final Exception exception) {
        if (!(exception instanceof final RedshiftException redshift) || !redshift.reason().isRetried()) {
            return false;
        }

        log.warn("{}", exception.getMessage());
        session.rollback(true);
        return true;
    }

    /** Writes the error attributes and penalizes the FlowFile, so that a retry does not follow at once. */
    static FlowFile describe(final ProcessSession session, final FlowFile flowFile, final String component, final Exception exception) {
        final FlowFile described = session.putAllAttributes(flowFile, Map.of(
                UnloadCopyAttributes.ERROR_COMPONENT, component,
                UnloadCopyAttributes.ERROR_REASON, reason(exception),
                UnloadCopyAttributes.ERROR_MESSAGE, String.valueOf(exception.getMessage())));
        return session.penalize(described);
    }

    private static String reason(final Exception exception) {
        return switch (exception) {
            case RedshiftException redshift -> redshift.reason().name();
            case KmsSecretException kms -> "KMS_" + kms.errorCode();
            case StagingException staging -> "STAGING";
            case ConfigException config -> "CONFIGURATION";
            case InvalidFlowFileException flowFile -> "FLOWFILE";
            case MigrationRunException run -> "RUN_SERVICE";
            case RunStoppedException stopped -> "RUN_STOPPED";
            default -> "UNEXPECTED";
        };
    }
}
