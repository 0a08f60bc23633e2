package io.github.unloadcopy.systemtests;

/**
 * One step of a component's own check of its configuration.
 *
 * @param name what was checked
 * @param outcome SUCCESSFUL, FAILED or SKIPPED
 * @param explanation what was found
 */
public record VerificationStep(String name, String outcome, String explanation) {
}
