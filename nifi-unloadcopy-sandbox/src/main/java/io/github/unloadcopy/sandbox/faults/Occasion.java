package io.github.unloadcopy.sandbox.faults;

import java.util.List;

/**
 * Something that may go wrong.
 *
 * @param resources every name that it goes by
 * @param caller null where there is one kind only
 * @param cluster null where none has a part in it
 */
public record Occasion(Service service, String operation, List<String> resources, String caller, String cluster) {
}
