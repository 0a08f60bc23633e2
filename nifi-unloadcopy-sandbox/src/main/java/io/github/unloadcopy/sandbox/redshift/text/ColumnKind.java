package io.github.unloadcopy.sandbox.redshift.text;

/**
 * What makes a difference to the text of a column's values in UNLOAD.
 */
public enum ColumnKind {
    /** CHAR and VARCHAR: ESCAPE is for them. */
    CHARACTER,
    /** SUPER: NULL is JSON's null, whatever NULL AS says. */
    JSON,
    OTHER
}
