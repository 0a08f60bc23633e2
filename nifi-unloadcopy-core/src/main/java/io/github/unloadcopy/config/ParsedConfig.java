package io.github.unloadcopy.config;

import java.util.List;

/**
 * A configuration that passed every check.
 *
 * @param config the configuration
 * @param warnings what is not wrong but probably not meant either, such as fields that nothing reads
 */
public record ParsedConfig(MigrationConfig config, List<String> warnings) {
    public ParsedConfig {
        warnings = List.copyOf(warnings);
    }
}
