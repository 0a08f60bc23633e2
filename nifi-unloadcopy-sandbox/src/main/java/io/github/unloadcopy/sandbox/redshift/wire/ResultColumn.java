package io.github.unloadcopy.sandbox.redshift.wire;

/**
 * A column of a query's result.
 *
 * @param typeId OID of the type
 * @param typeModifier the type's modifier, -1 for none
 */
public record ResultColumn(String name, int typeId, int typeModifier) {
}
