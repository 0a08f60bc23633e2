package io.github.unloadcopy.redshift;

/**
 * Where a table is, as its own cluster tells it: endpoints do not, since one cluster has several names, and may be reached through a proxy.
 *
 * @param database the cluster's namespace and the database, such as "5a1c0b7e-…/sales"; null when the cluster does not tell
 * @param caseSensitive whether the session tells names apart by their case
 * @param table the table, as statements name it
 */
public record TablePlace(String database, boolean caseSensitive, TableName table) {
    /**
     * Asks a cluster.
     *
     * @param cluster session with the cluster
     * @param table the table, as statements name it
     * @throws RedshiftException when the cluster does not answer
     */
    public static TablePlace of(final ClusterProbe cluster, final TableName table) throws RedshiftException {
        return new TablePlace(cluster.databaseIdentity().orElse(null), cluster.catalogNames().isCaseSensitive(), table);
    }

    /**
     * Sees that another table of the run, which differs from this one in its case only, is another table to the cluster, too.
     *
     * @param twin name of the other table, in the same schema; null for none
     * @param consequence what would become of the rows, if it is not
     * @throws RedshiftException with {@link Reason#INVALID_REQUEST} when both names mean one table
     */
    public void requireOtherThan(final String twin, final String consequence) throws RedshiftException {
        if (twin != null && CatalogNames.of(caseSensitive).mayBeOne(table.table(), CatalogNames.of(caseSensitive), twin)) {
            throw new RedshiftException(Reason.INVALID_REQUEST, ("%s and %s are one table of schema %s, since names are not case-sensitive there: %s. Name it once; or, if there are two tables, "
                    + "let the user tell them apart with ALTER USER … SET enable_case_sensitive_identifier TO true").formatted(table.table(), twin, table.schema(), consequence));
        }
    }

    /**
     * Sees that a table is not loaded into itself.
     *
     * @param target the table that is loaded from this one
     * @throws RedshiftException with {@link Reason#INVALID_REQUEST} when both are one table
     */
    public void requireOtherThan(final TablePlace target) throws RedshiftException {
        final CatalogNames names = CatalogNames.of(caseSensitive);
        final CatalogNames targetNames = CatalogNames.of(target.caseSensitive);

        if (database != null && database.equals(target.database) && names.mayBeOne(table.schema(), targetNames, target.table.schema())
                && names.mayBeOne(table.table(), targetNames, target.table.table())) {
            throw new RedshiftException(Reason.INVALID_REQUEST, ("%s of the source and %s of the target are the same table of the same cluster and database: loading it into itself would double its "
                    + "rows. Name another cluster, database, schema or table").formatted(table, target.table));
        }
    }
}
