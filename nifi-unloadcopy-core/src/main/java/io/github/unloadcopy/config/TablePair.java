package io.github.unloadcopy.config;

/**
 * A table and where its rows go.
 *
 * @param source table that is unloaded
 * @param target table that is loaded
 * @param query a SELECT that is unloaded in the source table's place; null for all of its rows
 * @param explicitIds whether COPY takes IDENTITY values from the data (EXPLICIT_IDS)
 */
public record TablePair(TableConfig source, TableConfig target, String query, boolean explicitIds) {
}
