package io.github.unloadcopy.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tables of a configuration whose names differ only in their case. For most sessions they are one table; for those with enable_case_sensitive_identifier they are two (Database Developer Guide, page
 * "enable_case_sensitive_identifier"). Which is the case only the cluster can tell.
 */
public final class TableTwins {
    private final Map<String, String> sources;
    private final Map<String, String> targets;

    private TableTwins(final Map<String, String> sources, final Map<String, String> targets) {
        this.sources = sources;
        this.targets = targets;
    }

    /** The twins among the tables of a configuration. */
    public static TableTwins of(final MigrationConfig config) {
        return new TableTwins(twins(config, TablePair::source), twins(config, TablePair::target));
    }

    /** Another table of the run that the source may take for the pair's; empty when there is none. */
    public Optional<String> source(final TablePair pair) {
        return Optional.ofNullable(sources.get(pair.source().table()));
    }

    /** Another table of the run that the target may take for the pair's; empty when there is none. */
    public Optional<String> target(final TablePair pair) {
        return Optional.ofNullable(targets.get(pair.target().table()));
    }

    /** By each name that has one, a twin: of three names, any other will do. */
    private static Map<String, String> twins(final MigrationConfig config, final Function<TablePair, TableConfig> side) {
        final Map<String, List<String>> groups = new HashMap<>();

        for (final TablePair pair : config.tables()) {
            final String table = side.apply(pair).table();
            groups.computeIfAbsent(table.toLowerCase(Locale.ROOT), name -> new ArrayList<>()).add(table);
        }

        final Map<String, String> twins = new HashMap<>();

        for (final List<String> group : groups.values()) {
            for (int index = 0; group.size() > 1 && index < group.size(); index++) {
                twins.put(group.get(index), group.get(index == 0 ? 1 : 0));
            }
        }

        return twins;
    }
}
