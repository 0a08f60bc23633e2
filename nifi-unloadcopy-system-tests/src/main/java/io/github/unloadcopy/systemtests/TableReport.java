package io.github.unloadcopy.systemtests;

/**
 * What became of one table.
 *
 * @param table schema and name
 * @param rowsSource rows that the source has
 * @param rowsUnloaded rows that UNLOAD reported; 0 when it did not come so far
 * @param rowsLoaded rows that COPY reported; 0 when it did not come so far
 * @param equal whether every value is the same in both clusters
 * @param files staged files
 * @param bytes their size together
 * @param seconds time of UNLOAD and COPY
 */
public record TableReport(String table, long rowsSource, long rowsUnloaded, long rowsLoaded, boolean equal, int files, long bytes, double seconds) {

    /** Whether all counts agree and every value is the same. */
    public boolean holds() {
        return equal && rowsSource == rowsUnloaded && rowsSource == rowsLoaded;
    }
}
