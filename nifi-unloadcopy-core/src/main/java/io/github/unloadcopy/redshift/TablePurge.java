package io.github.unloadcopy.redshift;

import io.github.unloadcopy.staging.PurgeResult;
import io.github.unloadcopy.staging.StagedDataPurger;
import io.github.unloadcopy.staging.StagingException;
import io.github.unloadcopy.staging.StagingPrefix;

import java.sql.SQLException;

/** Deletes what all attempts at the unload of one table in one run staged. An empty listing proves nothing while an UNLOAD can still write: the source cluster is asked as well. */
public final class TablePurge {
    private final StagedDataPurger purger;

    /**
     * A purge.
     *
     * @param purger deletes the objects
     */
    public TablePurge(final StagedDataPurger purger) {
        this.purger = purger;
    }

    /**
     * Ends every UNLOAD that still writes below the prefix, deletes everything below it, and repeats both until the cluster runs none and nothing is left. Purging twice is harmless.
     *
     * @param source where connections to the source come from
     * @param prefix where the run staged the table
     * @return what was deleted
     * @throws RedshiftException when the source cannot be asked, or an UNLOAD does not stop
     * @throws StagingException when anything is left
     */
    public PurgeResult purge(final ConnectionSource source, final StagingPrefix prefix) throws RedshiftException, StagingException {
        endUnloads(source, prefix);
        PurgeResult result = purger.purge(prefix);

        while (endUnloads(source, prefix)) {
            result = result.and(purger.purge(prefix));
        }

        return result;
    }

    private static boolean endUnloads(final ConnectionSource source, final StagingPrefix prefix) throws RedshiftException {
        final FailureReport report = new FailureReport(null, null);
        final String subject = "The purge of " + prefix.location();
        final ClusterSession session;

        try {
            session = ClusterSession.open(source);
        } catch (final SQLException e) {
            throw report.report("The connection to the source for the purge of " + prefix.location(), e);
        }

        try {
            final boolean found = new EarlierAttempts().end(session.connection(), prefix.location().toString(), subject);
            session.release();
            return found;
        } catch (final SQLException e) {
            session.abandon(e);
            throw report.report(subject + ", which asks the source for an UNLOAD that still writes there,", e);
        } catch (final RedshiftException | RuntimeException e) {
            session.abandon(e);
            throw e;
        }
    }
}
