package io.github.unloadcopy.config;

import io.github.unloadcopy.redshift.SelectList;
import io.github.unloadcopy.redshift.Selection;
import io.github.unloadcopy.redshift.TableName;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.StagingPrefix;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes a configuration out of fields, and checks what only shows when they are seen together. */
final class ConfigMapper {
    private static final String SOURCE = "/unloadSource";
    private static final String STAGING = "/s3Staging";
    private static final String TARGET = "/copyTarget";

    private static final String LONGEST_RUN = "00000000-0000-0000-0000-000000000000";
    /** Of an attempt's folder and the name that UNLOAD gives to a file. */
    private static final String LONGEST_FILE = "attempt-00000000/0000_part_0000.gz";

    private final ConfigFields fields;

    ConfigMapper(final ConfigFields fields) {
        this.fields = fields;
    }

    /** The configuration; worth nothing when there are problems. */
    MigrationConfig map() {
        final ClusterConfig source = cluster(SOURCE);
        final ClusterConfig target = cluster(TARGET);
        final StagingConfig staging = staging();
        final List<TablePair> tables = tables();
        requireTwoPlaces(source, target, tables);
        requireRoom(staging.path(), source.database(), tables);
        return new MigrationConfig(source, target, staging, tables);
    }

    private ClusterConfig cluster(final String section) {
        return new ClusterConfig(fields.text(section + "/clusterEndpoint"), fields.number(section + "/clusterPort"), fields.text(section + "/db"), fields.text(section + "/connectUser"),
                fields.ciphertext(section + "/connectPwd"));
    }

    private StagingConfig staging() {
        if (fields.has(STAGING + "/kmsGeneratedKey") && !fields.isWrong(STAGING + "/kmsGeneratedKey") && !fields.flag(STAGING + "/kmsGeneratedKey")) {
            fields.warn(STAGING + "/kmsGeneratedKey", "is false, but keys come from KMS here all the same");
        }

        return new StagingConfig(path(), fields.text(STAGING + "/region"), authorization(), fields.flag(STAGING + "/deleteOnSuccess"));
    }

    private S3Location path() {
        final String pointer = STAGING + "/path";
        final String text = fields.text(pointer);

        if (text == null) {
            return null;
        }

        try {
            final S3Location path = S3Location.parse(text);
            StagingPrefix.requirePath(path);
            return path;
        } catch (final IllegalArgumentException e) {
            fields.problem(pointer, "is no place in S3: " + e.getMessage());
            return null;
        }
    }

    private StagingAuthorization authorization() {
        final String role = fields.text(STAGING + "/aws_iam_role");
        final String keyId = fields.ciphertext(STAGING + "/aws_access_key_id");
        final String secret = fields.ciphertext(STAGING + "/aws_secret_access_key");

        if (role != null) {
            if (keyId != null || secret != null) {
                fields.warn(STAGING + "/aws_iam_role", "wins: the access key beside it is not used, remove it");
            }

            return new StagingAuthorization.Role(role);
        }

        if (keyId != null && secret != null) {
            return new StagingAuthorization.AccessKey(keyId, secret);
        }

        if (!fields.isWrong(STAGING + "/aws_iam_role") && !fields.isWrong(STAGING + "/aws_access_key_id") && !fields.isWrong(STAGING + "/aws_secret_access_key")
                && fields.isObject(STAGING)) {
            reportNoAuthorization(keyId, secret);
        }

        return null;
    }

    private void reportNoAuthorization(final String keyId, final String secret) {
        if (keyId == null && secret == null) {
            fields.problem(STAGING, "has no authorization: add aws_iam_role, the ARN of a role that both clusters may assume, or both aws_access_key_id and aws_secret_access_key");
        } else {
            fields.problem(STAGING + (keyId == null ? "/aws_access_key_id" : "/aws_secret_access_key"), "is missing: an access key has two parts; add it, or use aws_iam_role instead");
        }
    }

    private List<TablePair> tables() {
        final List<String> sources = fields.tables(SOURCE);
        final boolean named = fields.has(TARGET + "/tableNames") || fields.has(TARGET + "/tableName");
        final List<String> targets = named ? fields.tables(TARGET) : sources;
        final SelectList sourceList = fields.selectList(SOURCE + "/columns");
        final List<String> sourceColumns = sourceList.names();
        final List<String> targetColumns = fields.columns(TARGET + "/columns");
        final String sourceSchema = fields.text(SOURCE + "/schemaName");
        final String targetSchema = fields.has(TARGET + "/schemaName") ? fields.text(TARGET + "/schemaName") : sourceSchema;

        if (!fields.has(SOURCE + "/tableNames") && !fields.has(SOURCE + "/tableName") && fields.isObject(SOURCE)) {
            fields.problem(SOURCE + "/tableNames", "is missing: add the names of the tables to unload, an array of texts");
        }

        requireDistinct(SOURCE, sources);
        requireDistinct(TARGET, named ? targets : List.of());

        if (!sources.isEmpty() && !targets.isEmpty() && sources.size() != targets.size()) {
            fields.problem(pointer(TARGET), "names %d table(s), but the source %d: they are paired by position, so name as many, or leave them out to load into tables of the same names"
                    .formatted(targets.size(), sources.size()));
        }

        if (!sourceColumns.isEmpty() && !targetColumns.isEmpty() && sourceColumns.size() != targetColumns.size()) {
            fields.problem(TARGET + "/columns", "names %d column(s), but the source %d: they are paired by position".formatted(targetColumns.size(), sourceColumns.size()));
        }

        final UnloadTemplate template = template();
        final boolean explicitIds = fields.flag(TARGET + "/explicit_ids");
        final List<TablePair> pairs = new ArrayList<>();

        for (int index = 0; index < Math.min(sources.size(), targets.size()); index++) {
            final TableConfig source = new TableConfig(sourceSchema, sources.get(index), sourceColumns);
            pairs.add(new TablePair(source, new TableConfig(targetSchema, targets.get(index), targetColumns), query(template, source, sourceList), explicitIds));
        }

        return pairs;
    }

    /** Null when there is none, or it is wrong. */
    private UnloadTemplate template() {
        final String pointer = SOURCE + "/unloadStatement";
        final String statement = fields.text(pointer);

        if (statement == null) {
            return null;
        }

        try {
            return UnloadTemplate.parse(statement);
        } catch (final IllegalArgumentException e) {
            fields.problem(pointer, e.getMessage());
            return null;
        }
    }

    /** Null when the table itself is unloaded. */
    private String query(final UnloadTemplate template, final TableConfig source, final SelectList columns) {
        if (template == null && !columns.hasExpressions() || source.schema() == null) {
            return null;
        }

        final TableName table = new TableName(source.schema(), source.table());

        try {
            return template == null ? Selection.of(table, null, columns).query() : template.query(table, columns);
        } catch (final IllegalArgumentException e) {
            fields.problem(SOURCE + (template == null ? "/columns" : "/unloadStatement"), "does not fit table %s: it %s".formatted(source.table(), e.getMessage()));
            return null;
        }
    }

    private void requireDistinct(final String section, final List<String> tables) {
        final Set<String> seen = new HashSet<>();

        for (final String table : tables) {
            if (!seen.add(table)) {
                fields.problem(pointer(section), "names the table %s twice: its rows would be moved twice; remove one".formatted(table));
            }
        }
    }

    private String pointer(final String section) {
        return fields.has(section + "/tableName") ? section + "/tableName" : section + "/tableNames";
    }

    /** Keys have a limit, and the names of the run, the database and the table stand behind the path. */
    private void requireRoom(final S3Location path, final String database, final List<TablePair> tables) {
        for (final TablePair pair : tables) {
            if (path != null && database != null && pair.source().schema() != null) {
                try {
                    StagingPrefix.of(path, Instant.EPOCH, LONGEST_RUN, database, new TableName(pair.source().schema(), pair.source().table())).location().resolve(LONGEST_FILE);
                } catch (final IllegalArgumentException e) {
                    fields.problem(STAGING + "/path", "has no room for table %s: %s".formatted(pair.source().table(), e.getMessage()));
                }
            }
        }
    }

    /** A table that is loaded into itself doubles. Names that differ in their case, and clusters that have several names, are for the clusters to tell. */
    private void requireTwoPlaces(final ClusterConfig source, final ClusterConfig target, final List<TablePair> tables) {
        final boolean sameDatabase = source.endpoint() != null && source.endpoint().equalsIgnoreCase(target.endpoint()) && source.port() == target.port()
                && source.database() != null && source.database().equals(target.database());

        for (final TablePair pair : tables) {
            if (sameDatabase && pair.source().table().equals(pair.target().table()) && pair.source().schema() != null && pair.source().schema().equals(pair.target().schema())) {
                fields.problem(TARGET, "is the source itself: loading %s.%s of database %s into itself would double its rows; name another cluster, database, schema or table".formatted(
                        pair.source().schema(), pair.source().table(), source.database()));
            }
        }
    }
}
