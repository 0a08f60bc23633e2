package io.github.unloadcopy.redshift;

/** Loads one table, exactly once. */
public final class TableLoader {
    public LoadResult load(final ConnectionSource connections, final LoadRequest request) throws RedshiftException {
        throw new UnsupportedOperationException();
    }
}
