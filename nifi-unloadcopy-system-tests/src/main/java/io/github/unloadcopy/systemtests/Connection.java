package io.github.unloadcopy.systemtests;

/**
 * A queue of the flow.
 *
 * @param id id of the connection
 * @param name its name, or the names of its relationships when it has none
 * @param source name of the component before it
 * @param queued FlowFiles in it
 */
public record Connection(String id, String name, String source, int queued) {
}
