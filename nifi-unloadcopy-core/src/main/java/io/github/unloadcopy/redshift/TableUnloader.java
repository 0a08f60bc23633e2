package io.github.unloadcopy.redshift;

import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.staging.ManifestMissingException;
import io.github.unloadcopy.staging.ManifestReader;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.StagingException;
import io.github.unloadcopy.staging.UnloadManifest;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Unloads one table and checks what was written. */
public final class TableUnloader {
    private static final String MANIFEST = "manifest";
    private static final String ALL_DIGITS = "SET LOCAL extra_float_digits TO 2";

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
     * Runs one UNLOAD and compares its count, as the session tells it, with the manifest's. Each call is an attempt that writes to a folder of its own below the request's prefix. Statements of
     * earlier attempts that still run on the cluster are ended first.
     * <p>
     * Before a selection with floating-point columns the transaction, and only it, gets {@code extra_float_digits} 2, which the guide gives for values that have to be restored exactly (pages
     * extra_float_digits and SET). Whether the cluster obeys it, {@link ValueProbe} looks before the UNLOAD, unless the request says otherwise.
     *
     * @param connections where the connection to the source comes from
     * @param request what to unload
     * @return what was written
     * @throws RedshiftException when the cluster refuses or the counts differ
     * @throws StagingException when the manifest cannot be read or trusted
     */
    public UnloadResult unload(final ConnectionSource connections, final UnloadRequest request) throws RedshiftException, StagingException {
        final FailureReport report = new FailureReport(request.authorization(), request.encryption());
        final String subject = "UNLOAD of %s in database %s".formatted(request.selection().table(), request.database());
        final Attempt attempt = Attempt.next(request.prefix().location().toString(), "unload:%s:%s".formatted(request.prefix().runFolder(), request.selection().table()));
        final ClusterSession session;

        try {
            session = ClusterSession.open(connections);
        } catch (final SQLException e) {
            throw report.report("The connection for the " + subject, e);
        }

        try {
            final UnloadResult result = unload(session, attempt, request, report, subject);
            session.release();
            return result;
        } catch (final RedshiftException | StagingException | RuntimeException e) {
            session.abandon(e);
            throw e;
        }
    }

    private UnloadResult unload(final ClusterSession session, final Attempt attempt, final UnloadRequest request, final FailureReport report, final String subject)
            throws RedshiftException, StagingException {
        final Connection connection = session.connection();
        begin(session, attempt, request, report, subject);
        final Selection selection = named(connection, request, report, subject);
        requireUnrestricted(connection, request, selection, report, subject);
        final TableDefinition definition = request.withDefinition() ? definition(connection, request, selection, report, subject) : null;
        final UnloadStatement statement = new UnloadStatement(selection, folder(request, attempt), request.authorization(), request.encryption(), request.nullMarker(),
                request.region());
        final long rows;
        final String queryId;

        try {
            if (selection.hasFloatingPoint()) {
                Queries.execute(connection, ALL_DIGITS, 0);
            }

            if (request.valueCheck()) {
                new ValueProbe(selection).require(connection, subject);
            }

            Queries.execute(connection, statement.sql(), 0);
            rows = Queries.number(connection, "SELECT pg_last_unload_count()");
            queryId = Queries.value(connection, "SELECT pg_last_query_id()");
            connection.commit();
        } catch (final SQLException e) {
            throw report.report(subject, e);
        } catch (final IllegalArgumentException e) {
            throw invalid(subject, e);
        }

        return check(request, folder(request, attempt), subject, new UnloadResult(rows, 0, 0, queryId, selection.columns(), null, null, definition));
    }

    private static void begin(final ClusterSession session, final Attempt attempt, final UnloadRequest request, final FailureReport report, final String subject) throws RedshiftException {
        try {
            new EarlierAttempts().end(session.connection(), attempt.work(), subject);
            session.begin(attempt, request.timeoutSeconds());
        } catch (final SQLException e) {
            throw report.report(subject, e);
        }
    }

    private static S3Location folder(final UnloadRequest request, final Attempt attempt) {
        return request.prefix().location().resolve(attempt.folder());
    }

    /** With the names behind *, so that COPY can go by name; those that were asked for are proven to exist. */
    private static Selection named(final Connection connection, final UnloadRequest request, final FailureReport report, final String subject) throws RedshiftException {
        final List<Queries.Column> columns;

        try {
            CatalogNames.of(connection).requireDistinct(request.selection().table(), request.selection().columns());
            columns = Queries.columns(connection, request.selection());
            ColumnPrivileges.requireAll(connection, request.selection(), columns.stream().map(Queries.Column::name).toList());
        } catch (final SQLException e) {
            throw ColumnPrivileges.explain(connection, request.selection(), report, subject, e);
        } catch (final IllegalArgumentException e) {
            throw invalid(subject, e);
        }

        final List<String> asked = request.selection().columns();
        final List<String> names = new ArrayList<>();
        final Map<String, String> types = new HashMap<>();

        for (int index = 0; index < columns.size(); index++) {
            final Queries.Column column = columns.get(index);
            final String obstacle = ColumnTypes.obstacle(column.type());

            if (obstacle != null) {
                throw new RedshiftException(Reason.INVALID_REQUEST, "%s was not started: column %s %s".formatted(subject, column.name(), obstacle));
            }

            // Names that were asked for keep the case they were asked in.
            names.add(asked.isEmpty() ? column.name() : asked.get(index));

            if (column.type() != null) {
                types.put(names.getLast(), column.type());
            }
        }

        return request.selection().with(names, types);
    }

    private static void requireUnrestricted(final Connection connection, final UnloadRequest request, final Selection selection, final FailureReport report, final String subject)
            throws RedshiftException {
        if (request.restricted() == RestrictedData.UNLOAD_VISIBLE) {
            return;
        }

        try {
            SourcePolicies.requireUnrestricted(connection, selection, subject);
        } catch (final SQLException e) {
            throw report.report("Reading the policies for the " + subject, e);
        }
    }

    private static TableDefinition definition(final Connection connection, final UnloadRequest request, final Selection selection, final FailureReport report, final String subject)
            throws RedshiftException {
        try {
            final TableDefinition definition = TableDefinitionReader.read(connection, request.selection().table());
            return IdentitySeeds.behindValues(connection, selection, definition);
        } catch (final SQLException e) {
            throw report.report("Reading the definition for the " + subject, e);
        } catch (final IllegalArgumentException e) {
            throw invalid(subject, e);
        }
    }

    private UnloadResult check(final UnloadRequest request, final S3Location folder, final String subject, final UnloadResult unloaded) throws RedshiftException, StagingException {
        final S3Location location = folder.resolve(MANIFEST);
        final Secret masterKey = request.encryption() instanceof final DataEncryption.ClientSide clientSide ? clientSide.masterKey() : null;
        final UnloadManifest manifest;

        try {
            manifest = manifests.read(location, masterKey);
        } catch (final ManifestMissingException e) {
            if (unloaded.rows() == 0) {
                return unloaded;
            }

            throw e;
        }

        if (manifest.rows() != unloaded.rows()) {
            throw new RedshiftException(Reason.COUNT_MISMATCH, "%s (query %s) wrote %d rows, but its manifest %s tells %s. Nothing may be loaded from it: unload the table again"
                    .formatted(subject, unloaded.queryId(), unloaded.rows(), location, manifest.rows() < 0 ? "no number of rows" : "of " + manifest.rows()));
        }

        return new UnloadResult(unloaded.rows(), manifest.entries().size(), Math.max(0, manifest.bytes()), unloaded.queryId(), unloaded.columns(), unloaded.rows() == 0 ? null : location,
                unloaded.rows() == 0 ? null : manifest.sha256(), unloaded.definition());
    }

    private static RedshiftException invalid(final String subject, final IllegalArgumentException cause) {
        return new RedshiftException(Reason.INVALID_REQUEST, "%s was not started: %s".formatted(subject, cause.getMessage()), cause);
    }
}
