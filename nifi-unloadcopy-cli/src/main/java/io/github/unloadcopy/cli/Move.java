package io.github.unloadcopy.cli;

import io.github.unloadcopy.redshift.TableName;

import java.util.OptionalLong;

/**
 * A table that would be moved.
 *
 * @param source where its rows are
 * @param query whether an unloadStatement chooses what is read
 * @param target where they would go
 * @param rows about how many there are; empty when nobody knows, as of a query
 */
record Move(TableName source, boolean query, TableName target, OptionalLong rows) {
}
