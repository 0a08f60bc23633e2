package io.github.unloadcopy.cli;

import io.github.unloadcopy.cli.Check.Outcome;
import io.github.unloadcopy.config.ConfigException;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.redshift.RedshiftException;
import io.github.unloadcopy.redshift.Redactor;
import io.github.unloadcopy.staging.StagingException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs checks one after the other, and goes on when one fails. */
final class Checks {
    private final List<Check> done = new ArrayList<>();

    /**
     * Runs one check.
     *
     * @param name what is looked at
     * @param step looks, and gives the message for when all is well
     * @return whether it is well
     */
    boolean run(final String name, final Step step) {
        try {
            done.add(new Check(name, Outcome.OK, step.look(this)));
            return true;
        } catch (final CliException | ConfigException | KmsSecretException | RedshiftException | StagingException e) {
            done.add(new Check(name, Outcome.FAILED, Redactor.redact(e.getMessage())));
            return false;
        }
    }

    void skip(final String name, final String reason) {
        done.add(new Check(name, Outcome.SKIPPED, reason));
    }

    void warn(final String name, final String message) {
        done.add(new Check(name, Outcome.WARNING, message));
    }

    /** What was looked at, in order. */
    List<Check> done() {
        return List.copyOf(done);
    }

    /** Whether anything failed. */
    boolean failed() {
        return first(Outcome.FAILED).isPresent();
    }

    private Optional<Check> first(final Outcome outcome) {
        return done.stream().filter(check -> check.outcome() == outcome).findFirst();
    }

    /** Looks at one thing. */
    @FunctionalInterface
    interface Step {
        /**
         * Looks.
         *
         * @param checks takes warnings
         * @return what was found
         * @throws CliException and the others when it is wrong
         */
        String look(Checks checks) throws CliException, ConfigException, KmsSecretException, RedshiftException, StagingException;
    }
}
