package io.github.unloadcopy.sandbox.faults;

/**
 * A rule and what it has done since it was added.
 *
 * @param matched how many requests, statements or connections it was about
 * @param injected how many of them it struck
 */
public record FaultStatus(FaultRule rule, long matched, long injected) {
}
