package io.github.unloadcopy.sandbox.redshift.copy;

/**
 * A column that fields of the file go to.
 *
 * @param typeId OID
 * @param typeModifier -1 for none
 * @param generatedAlways whether it is an IDENTITY column that takes explicit values with EXPLICIT_IDS only
 * @param loaded false when the field is read and thrown away
 */
record TargetColumn(String name, int typeId, int typeModifier, boolean notNull, boolean generatedAlways, boolean loaded) {
}
