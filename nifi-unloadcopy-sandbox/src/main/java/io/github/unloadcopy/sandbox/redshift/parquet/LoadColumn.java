package io.github.unloadcopy.sandbox.redshift.parquet;

/**
 * A column of the table that a COPY loads.
 *
 * @param index its place among the table's columns
 * @param typeId OID
 * @param typeModifier -1 for none
 */
public record LoadColumn(int index, String name, int typeId, int typeModifier, boolean notNull) {
}
