package io.github.unloadcopy.redshift;

/**
 * Where the rows of a load come from, for the ledger. What is not known is null, and numbers are -1.
 *
 * @param runId id of the run
 * @param source the source cluster and its database, such as "source.abc123.eu-west-1.redshift.amazonaws.com:5439/sales"
 * @param table the source's table, as its catalog spells it
 * @param files data files that the UNLOAD wrote
 * @param bytes bytes in the data files
 * @param unloadQueryId id of the UNLOAD on the source
 * @param manifestSha256 SHA-256 of the manifest's document, in hexadecimal digits
 */
public record LoadOrigin(String runId, String source, TableName table, long files, long bytes, String unloadQueryId, String manifestSha256) {
    /** Files of another program, of which nothing is known. */
    public static final LoadOrigin UNKNOWN = new LoadOrigin(null, null, null, -1, -1, null, null);
}
