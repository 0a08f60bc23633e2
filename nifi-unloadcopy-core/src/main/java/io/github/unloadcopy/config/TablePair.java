package io.github.unloadcopy.config;

/**
 * A table and where its rows go.
 *
 * @param source table that is unloaded
 * @param target table that is loaded
 * @param explicitIds whether COPY takes IDENTITY values from the data (EXPLICIT_IDS)
 */
public record TablePair(TableConfig source, TableConfig target, boolean explicitIds) {
}
