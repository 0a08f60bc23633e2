package io.github.unloadcopy.cli;

import io.github.unloadcopy.redshift.TableName;

/** Reads the name of the ledger table as RedshiftCopy does: schema and table around the first dot, in the case they have in the catalog. */
final class LedgerName {
    private LedgerName() {
    }

    static TableName parse(final String text) throws CliException {
        final int dot = text.indexOf('.');

        if (dot <= 0 || dot == text.length() - 1) {
            throw new CliException(ExitStatus.USAGE, "The value of --ledger-table is no table: give schema and table, as in public.unloadcopy_loads");
        }

        return new TableName(text.substring(0, dot), text.substring(dot + 1));
    }
}
