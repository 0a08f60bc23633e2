package io.github.unloadcopy.systemtests;

/**
 * What a component told its users.
 *
 * @param id rises from bulletin to bulletin
 * @param level ERROR, WARNING, …
 * @param source name of the component
 * @param message its text
 */
public record Bulletin(long id, String level, String source, String message) {
}
