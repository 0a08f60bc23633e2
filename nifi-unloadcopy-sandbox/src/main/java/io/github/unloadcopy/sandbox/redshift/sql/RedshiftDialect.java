package io.github.unloadcopy.sandbox.redshift.sql;

import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The rewriters, in their order.
 */
public final class RedshiftDialect {

    private RedshiftDialect() {
    }

    /** Those of a cluster whose float columns obey {@code extra_float_digits}. */
    public static List<StatementRewriter> rewriters() {
        return rewriters(() -> true);
    }

    /**
     * @param storedFloatsObey whether float columns of tables obey {@code extra_float_digits}, see {@link StoredFloatsRewriter}
     */
    public static List<StatementRewriter> rewriters(final BooleanSupplier storedFloatsObey) {
        // The last two put a comment before the statement, which others would cut off.
        return List.of(new StoredFloatsRewriter(storedFloatsObey), new CatalogRewriter(), new TopRewriter(), new ListaggRewriter(), new ShowRewriter(), new IsolationRewriter(), new SettingsRewriter(),
                new MaintenanceRewriter(), new MergeRewriter(), new DataChangeRewriter(), new DriverMetadataRewriter(), new CreateTableRewriter(), new AlterTableRewriter(),
                new ExplainRewriter());
    }

    /** Lines for the configuration of the PostgreSQL behind a cluster: settings that only Redshift has. */
    public static String configuration() {
        return SettingsRewriter.configuration() + IsolationLevel.SETTING + " = '" + IsolationLevel.SNAPSHOT.settingValue() + "'\n";
    }
}
