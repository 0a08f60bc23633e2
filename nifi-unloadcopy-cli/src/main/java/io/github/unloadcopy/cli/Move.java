package io.github.unloadcopy.cli;

import io.github.unloadcopy.redshift.TableName;

import java.util.OptionalLong;

/**
 * A table that would be moved.
 *
 * @param source where its rows are
 * @param target where they would go
 * @param rows about how many there are; empty when nobody knows
 */
record Move(TableName source, TableName target, OptionalLong rows) {
}
