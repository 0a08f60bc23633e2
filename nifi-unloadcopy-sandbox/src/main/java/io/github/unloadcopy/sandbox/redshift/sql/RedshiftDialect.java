package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * The rewriters, in their order.
 */
public final class RedshiftDialect {

    private RedshiftDialect() {
    }

    public static List<StatementRewriter> rewriters() {
        return List.of(new CreateTableRewriter(), new AlterTableRewriter(), new MaintenanceRewriter(), new DriverMetadataRewriter());
    }
}
