package io.github.unloadcopy.processors;

/**
 * The FlowFile attributes that carry a migration from step to step. None of them holds a secret: passwords, access keys and data keys travel as KMS ciphertext.
 */
public final class UnloadCopyAttributes {

    public static final String RUN_ID = "unloadcopy.run.id";
    public static final String RUN_STARTED = "unloadcopy.run.started";
    public static final String RUN_TABLES = "unloadcopy.run.tables";
    public static final String RUN_TABLES_RENAMED = "unloadcopy.run.tables.renamed";
    public static final String RUN_TABLE_INDEX = "unloadcopy.run.table.index";
    public static final String RUN_CONFIGURATION = "unloadcopy.run.configuration";
    public static final String RUN_ENDED = "unloadcopy.run.ended";
    public static final String RUN_SUCCEEDED = "unloadcopy.run.succeeded";
    public static final String RUN_FAILED = "unloadcopy.run.failed";
    public static final String RUN_NOT_BEGUN = "unloadcopy.run.not.begun";
    public static final String RUN_ALREADY_LOADED = "unloadcopy.run.already.loaded";

    public static final String SOURCE = "unloadcopy.source.";
    public static final String TARGET = "unloadcopy.target.";
    public static final String ENDPOINT = "endpoint";
    public static final String PORT = "port";
    public static final String DATABASE = "database";
    public static final String USER = "user";
    public static final String PASSWORD_CIPHERTEXT = "password.ciphertext";
    public static final String SCHEMA = "schema";
    public static final String TABLE = "table";
    public static final String TABLE_TWIN = "table.twin";
    public static final String COLUMNS = "columns";
    public static final String SOURCE_QUERY = "unloadcopy.source.query";
    public static final String SOURCE_NAMESPACE = "unloadcopy.source.namespace";
    public static final String SOURCE_CASE_SENSITIVE = "unloadcopy.source.case.sensitive";
    public static final String SOURCE_DEFINITION = "unloadcopy.source.definition";
    public static final String EXPLICIT_IDS = "unloadcopy.target.explicit.ids";

    public static final String STAGING_PATH = "unloadcopy.staging.path";
    public static final String STAGING_DELETE = "unloadcopy.staging.delete";
    public static final String STAGING_ROLE_ARN = "unloadcopy.staging.role.arn";
    public static final String STAGING_ACCESS_KEY_ID_CIPHERTEXT = "unloadcopy.staging.access.key.id.ciphertext";
    public static final String STAGING_SECRET_ACCESS_KEY_CIPHERTEXT = "unloadcopy.staging.secret.access.key.ciphertext";
    public static final String STAGING_PREFIX = "unloadcopy.staging.prefix";
    public static final String STAGING_MANIFEST = "unloadcopy.staging.manifest";
    public static final String STAGING_MANIFEST_SHA256 = "unloadcopy.staging.manifest.sha256";

    public static final String ENCRYPTION = "unloadcopy.encryption";
    public static final String DATA_KEY_WRAPPED = "unloadcopy.datakey.wrapped";
    public static final String DATA_KEY_CONTEXT = "unloadcopy.datakey.context";
    public static final String NULL_MARKER = "unloadcopy.null.marker";

    public static final String UNLOAD_ROWS = "unloadcopy.unload.rows";
    public static final String UNLOAD_FILES = "unloadcopy.unload.files";
    public static final String UNLOAD_BYTES = "unloadcopy.unload.bytes";
    public static final String UNLOAD_COLUMNS = "unloadcopy.unload.columns";
    public static final String UNLOAD_QUERY_ID = "unloadcopy.unload.query.id";
    public static final String UNLOAD_DURATION = "unloadcopy.unload.duration.ms";

    public static final String COPY_ROWS = "unloadcopy.copy.rows";
    public static final String COPY_QUERY_ID = "unloadcopy.copy.query.id";
    public static final String COPY_DURATION = "unloadcopy.copy.duration.ms";
    public static final String COPY_CREATED = "unloadcopy.copy.table.created";
    public static final String COPY_NOTES = "unloadcopy.copy.notes";
    public static final String COPY_ALREADY_LOADED = "unloadcopy.copy.already.loaded";

    public static final String PURGE_OBJECTS = "unloadcopy.purge.objects";
    public static final String PURGE_BYTES = "unloadcopy.purge.bytes";
    public static final String PURGE_UPLOADS = "unloadcopy.purge.uploads";
    public static final String PURGE_NOTES = "unloadcopy.purge.notes";

    public static final String ERROR_COMPONENT = "unloadcopy.error.component";
    public static final String ERROR_REASON = "unloadcopy.error.reason";
    public static final String ERROR_MESSAGE = "unloadcopy.error.message";

    private UnloadCopyAttributes() {
    }
}
