package io.github.unloadcopy.processors;

import io.github.unloadcopy.config.ClusterConfig;
import io.github.unloadcopy.config.MigrationConfig;
import io.github.unloadcopy.config.StagingAuthorization;
import io.github.unloadcopy.config.StagingConfig;
import io.github.unloadcopy.config.TableConfig;
import io.github.unloadcopy.config.TablePair;
import io.github.unloadcopy.redshift.ColumnList;

import java.util.HashMap;
import java.util.Map;

/** The settings of one table as attributes of its FlowFile. */
final class TableAttributes {

    private TableAttributes() {
    }

    /** What the next steps need to know of one table; no plaintext secret. */
    static Map<String, String> of(final MigrationConfig config, final TablePair tables) {
        final Map<String, String> attributes = new HashMap<>();
        putCluster(attributes, UnloadCopyAttributes.SOURCE, config.source(), tables.source());
        putCluster(attributes, UnloadCopyAttributes.TARGET, config.target(), tables.target());
        attributes.put(UnloadCopyAttributes.EXPLICIT_IDS, Boolean.toString(tables.explicitIds()));

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

    /**
     * What tells the loads of a run that tables have other names in the target. It is the same few characters for all tables, however many there are: the names themselves are in the ledger, where each
     * load finds those that it needs.
     */
    static Map<String, String> renamed(final MigrationConfig config) {
        final long renamed = config.tables().stream().filter(tables -> !tables.source().table().equals(tables.target().table())).count();
        return renamed == 0 ? Map.of() : Map.of(UnloadCopyAttributes.RUN_TABLES_RENAMED, Long.toString(renamed));
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
