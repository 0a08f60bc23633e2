package io.github.unloadcopy.redshift;

import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.staging.ManifestMissingException;
import io.github.unloadcopy.staging.ManifestReader;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.StagingException;
import io.github.unloadcopy.staging.UnloadManifest;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Unloads one table and checks what was written. */
public final class TableUnloader {
    private static final String MANIFEST = "manifest";
    /** Database Developer Guide, "VARBYTE type": COPY cannot load it with REMOVEQUOTES. */
    static final Set<String> NOT_LOADABLE = Set.of("varbyte", "varbinary", "binary varying");

    private final ManifestReader manifests;

    /**
     * An unloader.
     *
     * @param manifests reads what UNLOAD wrote
     */
    public TableUnloader(final ManifestReader manifests) {
        this.manifests = manifests;
    }

    /**
     * Runs one UNLOAD and compares its count, as the session tells it, with the manifest's. Running it again overwrites the same files.
     *
     * @param connections where the connection to the source comes from
     * @param request what to unload
     * @return what was written
     * @throws RedshiftException when the cluster refuses or the counts differ
     * @throws StagingException when the manifest cannot be read or trusted
     */
    public UnloadResult unload(final ConnectionSource connections, final UnloadRequest request) throws RedshiftException, StagingException {
        final FailureReport report = new FailureReport(request.authorization(), request.encryption());
        final String subject = "UNLOAD of %s in database %s".formatted(request.table(), request.database());
        final ClusterSession session;

        try {
            session = ClusterSession.open(connections);
        } catch (final SQLException e) {
            throw report.report("The connection for the " + subject, e);
        }

        try {
            final UnloadResult result = unload(session.connection(), request, report, subject);
            session.release();
            return result;
        } catch (final RedshiftException | StagingException | RuntimeException e) {
            session.abandon(e);
            throw e;
        }
    }

    private UnloadResult unload(final Connection connection, final UnloadRequest request, final FailureReport report, final String subject) throws RedshiftException, StagingException {
        final List<String> columns = columns(connection, request, report, subject);
        final UnloadStatement statement = new UnloadStatement(request.table(), columns, request.prefix().location(), request.authorization(), request.encryption(), request.nullMarker(),
                request.region());
        final long rows;
        final String queryId;

        try {
            Queries.execute(connection, statement.sql(), request.timeoutSeconds());
            rows = Queries.number(connection, "SELECT pg_last_unload_count()");
            queryId = Queries.value(connection, "SELECT pg_last_query_id()");
            connection.commit();
        } catch (final SQLException e) {
            throw report.report(subject, e);
        } catch (final IllegalArgumentException e) {
            throw invalid(subject, e);
        }

        return check(request, subject, columns, rows, queryId);
    }

    /** The names behind *, so that COPY can go by name; those that were asked for are proven to exist. */
    private static List<String> columns(final Connection connection, final UnloadRequest request, final FailureReport report, final String subject) throws RedshiftException {
        final List<Queries.Column> columns;

        try {
            columns = Queries.columns(connection, request.table(), request.columns());
        } catch (final SQLException e) {
            throw report.report(subject, e);
        } catch (final IllegalArgumentException e) {
            throw invalid(subject, e);
        }

        for (final Queries.Column column : columns) {
            if (column.type() != null && NOT_LOADABLE.contains(column.type().toLowerCase(Locale.ROOT))) {
                throw new RedshiftException(Reason.INVALID_REQUEST, ("%s was not started: column %s is VARBYTE, which COPY cannot load from quoted text. Leave it out of the list of columns, "
                        + "or unload a view that gives FROM_VARBYTE(column, 'hex')").formatted(subject, column.name()));
            }
        }

        return request.columns().isEmpty() ? columns.stream().map(Queries.Column::name).toList() : request.columns();
    }

    private UnloadResult check(final UnloadRequest request, final String subject, final List<String> columns, final long rows, final String queryId) throws RedshiftException, StagingException {
        final S3Location location = request.prefix().location().resolve(MANIFEST);
        final Secret masterKey = request.encryption() instanceof final DataEncryption.ClientSide clientSide ? clientSide.masterKey() : null;
        final UnloadManifest manifest;

        try {
            manifest = manifests.read(location, masterKey);
        } catch (final ManifestMissingException e) {
            if (rows == 0) {
                return new UnloadResult(0, 0, 0, queryId, columns, null);
            }

            throw e;
        }

        if (manifest.rows() != rows) {
            throw new RedshiftException(Reason.COUNT_MISMATCH, "%s (query %s) wrote %d rows, but its manifest %s tells %s. Nothing may be loaded from it: unload the table again"
                    .formatted(subject, queryId, rows, location, manifest.rows() < 0 ? "no number of rows" : "of " + manifest.rows()));
        }

        return new UnloadResult(rows, manifest.entries().size(), Math.max(0, manifest.bytes()), queryId, columns, rows == 0 ? null : location);
    }

    private static RedshiftException invalid(final String subject, final IllegalArgumentException cause) {
        return new RedshiftException(Reason.INVALID_REQUEST, "%s was not started: %s".formatted(subject, cause.getMessage()), cause);
    }
}
