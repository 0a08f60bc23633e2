package io.github.unloadcopy.systemtests;

/**
 * A queue of the flow.
 *
 * @param id id of the connection
 * @param name its name, or the names of its relationships when it has none
 * @param source name of the component before it
 * @param destination name of the component behind it; empty for a funnel
 * @param queued FlowFiles in it, with those that the component behind it works on
 */
public record Queue(String id, String name, String source, String destination, int queued) {
}
