package io.github.unloadcopy.redshift;

import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.staging.ManifestReader;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.StagingException;
import io.github.unloadcopy.staging.StagingPrefix;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** One run against the sandbox: a source table, a target table, and requests for them. Names are new in every test. */
final class Migration {
    static final String DATABASE = "dev";

    private final SandboxSession sandbox = SandboxSession.get();
    private final String runId;
    private final DataEncryption encryption;
    private final String suffix;
    private final TableName source;
    private final TableName target;

    private Migration(final DataEncryption encryption) {
        this.encryption = encryption;
        this.runId = UUID.randomUUID().toString();
        this.suffix = runId.substring(0, 8);
        this.source = new TableName("public", "source " + suffix);
        this.target = new TableName("public", "target " + suffix);
    }

    private Migration(final String runId, final DataEncryption encryption, final String suffix, final TableName source, final TableName target) {
        this.runId = runId;
        this.encryption = encryption;
        this.suffix = suffix;
        this.source = source;
        this.target = target;
    }

    static Migration sseKms() throws KmsSecretException {
        return new Migration(new DataEncryption.SseKms(SandboxSession.get().secrets().keyArn(SandboxSession.KEY_ALIAS)));
    }

    static Migration clientSide() {
        return new Migration(new DataEncryption.ClientSide(StatementFixtures.masterKey()));
    }

    /** Another run of the same tables. */
    Migration again() {
        return new Migration(UUID.randomUUID().toString(), encryption, suffix, source, target);
    }

    /** The same with other tables. */
    Migration of(final TableName otherSource, final TableName otherTarget) {
        return new Migration(UUID.randomUUID().toString(), encryption, suffix, otherSource, otherTarget);
    }

    /** The same tables, in the run of another, whose ledger they share. */
    Migration inRunOf(final Migration other) {
        return new Migration(other.runId, encryption, other.suffix, source, target);
    }

    /** What the names of this run's tables end with. */
    String suffix() {
        return suffix;
    }

    TableName source() {
        return source;
    }

    TableName target() {
        return target;
    }

    TableName ledger() {
        return new TableName("public", "ledger_" + suffix);
    }

    Migration create(final String columns) throws SQLException {
        return create(columns, columns);
    }

    Migration create(final String sourceColumns, final String targetColumns) throws SQLException {
        sandbox.execute("source", "CREATE TABLE %s (%s)".formatted(SqlText.table(source()), sourceColumns));
        sandbox.execute("target", "CREATE TABLE %s (%s)".formatted(SqlText.table(target()), targetColumns));
        return this;
    }

    Migration insert(final String values) throws SQLException {
        sandbox.execute("source", "INSERT INTO %s VALUES %s".formatted(SqlText.table(source()), values));
        return this;
    }

    Authorization role() {
        return new Authorization.Role(sandbox.endpoints().iamRole());
    }

    Authorization role(final String name) {
        return new Authorization.Role(sandbox.endpoints().iamRole().replaceFirst("role/.*", "role/" + name));
    }

    Authorization accessKey() {
        return new Authorization.AccessKey(StatementFixtures.secret(sandbox.endpoints().accessKeyId()), StatementFixtures.secret(sandbox.endpoints().secretAccessKey()));
    }

    DataEncryption encryption() {
        return encryption;
    }

    StagingPrefix prefix() {
        return StagingPrefix.of(S3Location.parse("s3://" + SandboxSession.BUCKET + "/Runs"), Instant.EPOCH, runId, DATABASE, source());
    }

    UnloadRequest unloadRequest(final List<String> columns, final Authorization authorization) {
        return new UnloadRequest(Selection.of(source(), columns), DATABASE, prefix(), authorization, encryption, NullMarker.forRun(runId), sandbox.endpoints().region(), false, 60);
    }

    UnloadResult unload(final List<String> columns, final Authorization authorization) throws RedshiftException, StagingException {
        return new TableUnloader(new ManifestReader(sandbox.s3())).unload(sandbox.connections("source"), unloadRequest(columns, authorization));
    }

    UnloadResult unload() throws RedshiftException, StagingException {
        return unload(List.of(), role());
    }

    private LoadOrigin origin(final UnloadResult unloaded) {
        return new LoadOrigin(runId, "localhost:5439/" + DATABASE, source().folded(), unloaded.files(), unloaded.bytes(), unloaded.queryId(), unloaded.manifestSha256());
    }

    LoadRequest loadRequest(final UnloadResult unloaded) {
        return loadRequest(unloaded, unloaded.rows(), ledger());
    }

    LoadRequest loadRequest(final UnloadResult unloaded, final long expectedRows, final TableName ledger) {
        return new LoadRequest(target(), TargetPlan.MUST_EXIST, unloaded.columns(), unloaded.manifest(), expectedRows, role(), encryption,
                NullMarker.forRun(runId), sandbox.endpoints().region(), false,
                runId + "/" + source(), origin(unloaded), ledger, 60);
    }

    LoadRequest loadRequest(final UnloadResult unloaded, final List<String> columns, final boolean explicitIds) {
        return request(unloaded, TargetPlan.MUST_EXIST, columns, explicitIds);
    }

    /** For a target that is made like the source's. */
    LoadRequest creatingRequest(final UnloadResult unloaded, final TargetPlan.Mode mode, final int renamingRunTables) {
        return request(unloaded, new TargetPlan(mode, unloaded.definition(), true, renamingRunTables), unloaded.columns(), false);
    }

    private LoadRequest request(final UnloadResult unloaded, final TargetPlan plan, final List<String> columns, final boolean explicitIds) {
        final LoadRequest plain = loadRequest(unloaded);
        return new LoadRequest(plain.table(), plan, columns, plain.manifest(), plain.expectedRows(), plain.authorization(), plain.encryption(), plain.nullMarker(), plain.region(), explicitIds,
                plain.loadId(), plain.origin(), plain.ledger(), 60);
    }

    UnloadResult unloadWithDefinition() throws RedshiftException, StagingException {
        final UnloadRequest plain = unloadRequest(List.of(), role());
        return new TableUnloader(new ManifestReader(sandbox.s3())).unload(sandbox.connections("source"), new UnloadRequest(plain.selection(), plain.database(), plain.prefix(),
                plain.authorization(), plain.encryption(), plain.nullMarker(), plain.region(), true, 60));
    }

    List<List<String>> sourceRows() throws SQLException {
        return sandbox.query("source", "SELECT * FROM %s ORDER BY 1".formatted(SqlText.table(source())));
    }

    List<List<String>> targetRows() throws SQLException {
        return sandbox.query("target", "SELECT * FROM %s ORDER BY 1".formatted(SqlText.table(target())));
    }

    List<List<String>> ledgerRows() throws SQLException {
        return sandbox.query("target", "SELECT load_id, schema_name, table_name, row_count, manifest FROM " + SqlText.table(ledger()));
    }

    /** What may be in no message of this run. */
    List<String> secrets() {
        final String secretAccessKey = sandbox.endpoints().secretAccessKey();
        return encryption instanceof final DataEncryption.ClientSide clientSide ? List.of(secretAccessKey, clientSide.masterKey().base64()) : List.of(secretAccessKey);
    }
}
