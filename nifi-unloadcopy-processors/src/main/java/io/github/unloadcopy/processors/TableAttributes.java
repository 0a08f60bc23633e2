package io.github.unloadcopy.processors;

import io.github.unloadcopy.config.ClusterConfig;
import io.github.unloadcopy.config.MigrationConfig;
import io.github.unloadcopy.config.StagingAuthorization;
import io.github.unloadcopy.config.StagingConfig;
import io.github.unloadcopy.config.TableConfig;
import io.github.unloadcopy.config.TablePair;
import io.github.unloadcopy.config.TableTwins;
import io.github.unloadcopy.redshift.ColumnList;

import java.util.HashMap;
import java.util.Map;

/** The settings of each table of a run as attributes of its FlowFile. What a FlowFile carries does not grow with the run. */
final class TableAttributes {

    private final MigrationConfig config;
    private final TableTwins twins;
    private final long renamed;

    TableAttributes(final MigrationConfig config) {
        this.config = config;
        twins = TableTwins.of(config);
        renamed = config.tables().stream().filter(tables -> !tables.source().table().equals(tables.target().table())).count();
    }

    /** What the next steps need to know of one table; no plaintext secret. */
    Map<String, String> of(final TablePair tables) {
        final Map<String, String> attributes = new HashMap<>();
        putCluster(attributes, UnloadCopyAttributes.SOURCE, config.source(), tables.source());
        putCluster(attributes, UnloadCopyAttributes.TARGET, config.target(), tables.target());
        attributes.put(UnloadCopyAttributes.EXPLICIT_IDS, Boolean.toString(tables.explicitIds()));

        twins.source(tables).ifPresent(twin -> attributes.put(UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.TABLE_TWIN, twin));
        twins.target(tables).ifPresent(twin -> attributes.put(UnloadCopyAttributes.TARGET + UnloadCopyAttributes.TABLE_TWIN, twin));

        if (renamed > 0) {
            // The names themselves are in the ledger, where each load finds those that it needs.
            attributes.put(UnloadCopyAttributes.RUN_TABLES_RENAMED, Long.toString(renamed));
        }

        if (tables.query() != null) {
            attributes.put(UnloadCopyAttributes.SOURCE_QUERY, tables.query());
        }

        final StagingConfig staging = config.staging();
        attributes.put(UnloadCopyAttributes.STAGING_PATH, staging.path().toString());
        attributes.put(UnloadCopyAttributes.STAGING_DELETE, Boolean.toString(staging.deleteOnSuccess()));

        switch (staging.authorization()) {
            case StagingAuthorization.Role role -> attributes.put(UnloadCopyAttributes.STAGING_ROLE_ARN, role.arn());
            case StagingAuthorization.AccessKey accessKey -> {
                attributes.put(UnloadCopyAttributes.STAGING_ACCESS_KEY_ID_CIPHERTEXT, accessKey.accessKeyIdCiphertext());
                attributes.put(UnloadCopyAttributes.STAGING_SECRET_ACCESS_KEY_CIPHERTEXT, accessKey.secretAccessKeyCiphertext());
            }
        }

        return attributes;
    }

    private static void putCluster(final Map<String, String> attributes, final String prefix, final ClusterConfig cluster, final TableConfig table) {
        attributes.put(prefix + UnloadCopyAttributes.ENDPOINT, cluster.endpoint());
        attributes.put(prefix + UnloadCopyAttributes.PORT, Integer.toString(cluster.port()));
        attributes.put(prefix + UnloadCopyAttributes.DATABASE, cluster.database());
        attributes.put(prefix + UnloadCopyAttributes.USER, cluster.user());
        attributes.put(prefix + UnloadCopyAttributes.PASSWORD_CIPHERTEXT, cluster.passwordCiphertext());
        attributes.put(prefix + UnloadCopyAttributes.SCHEMA, table.schema());
        attributes.put(prefix + UnloadCopyAttributes.TABLE, table.table());

        if (!table.columns().isEmpty()) {
            attributes.put(prefix + UnloadCopyAttributes.COLUMNS, ColumnList.format(table.columns()));
        }
    }
}
