package io.github.unloadcopy.redshift;

/** What an unload does whose user sees only part of the data: row-level security hides rows from it, or masking changes values. */
public enum RestrictedData {
    /** It fails before anything is unloaded. */
    FAIL,
    /** It unloads what the user sees. */
    UNLOAD_VISIBLE
}
