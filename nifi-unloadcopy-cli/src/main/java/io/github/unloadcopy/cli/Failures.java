package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unloadcopy.config.ConfigException;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.redshift.Redactor;
import io.github.unloadcopy.staging.StagingException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;
import software.amazon.awssdk.core.exception.SdkException;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;

/** Turns exceptions into a message without secrets, and an exit status. */
final class Failures implements IExecutionExceptionHandler {
    /** Error codes that say something of the value, not of the access to KMS. */
    private static final Set<String> BAD_VALUE = Set.of("InvalidCiphertextException", "NotBase64", "IncorrectKeyException");

    @Override
    public int handleExecutionException(final Exception failure, final CommandLine command, final ParseResult parsed) {
        final int status = status(failure);
        final String message = message(failure, status);
        final PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText("unloadcopy: " + message));

        if (command.getCommand() instanceof final AnsweringCommand answering) {
            if (answering.isVerbose()) {
                err.print(stackTrace(failure));
            }

            if (answering.isJson()) {
                command.getOut().println(new ObjectMapper().createObjectNode().put("ok", false).put("status", status).put("error", message));
                command.getOut().flush();
            }
        }

        err.flush();
        return status;
    }

    static int status(final Exception failure) {
        return switch (failure) {
            case CliException known -> known.status();
            case ConfigException config -> ExitStatus.CHECK_FAILED;
            case KmsSecretException kms -> BAD_VALUE.contains(kms.errorCode()) ? ExitStatus.CHECK_FAILED : ExitStatus.AWS;
            case StagingException staging -> ExitStatus.AWS;
            case SdkException aws -> ExitStatus.AWS;
            case IOException io -> ExitStatus.INPUT;
            default -> ExitStatus.INTERNAL;
        };
    }

    private static String message(final Exception failure, final int status) {
        final String text = Redactor.redact(failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage());

        if (status == ExitStatus.INTERNAL) {
            return "This is a mistake of this program (%s: %s). Run it again with --verbose, and report what it prints".formatted(failure.getClass().getSimpleName(), oneLine(text));
        }

        return failure instanceof ConfigException ? text : oneLine(text);
    }

    private static String oneLine(final String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    private static String stackTrace(final Exception failure) {
        final StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace, true));
        return Redactor.redact(trace.toString());
    }
}
