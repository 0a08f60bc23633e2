package io.github.unloadcopy.systemtests;

/**
 * A flow as it was imported.
 *
 * @param id id of the process group
 * @param parameterContextId id of the parameter context bound to it; null when there is none
 */
public record ProcessGroup(String id, String parameterContextId) {
}
