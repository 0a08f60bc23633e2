package io.github.unloadcopy.cli;

import io.github.unloadcopy.config.ClusterConfig;
import io.github.unloadcopy.config.MigrationConfig;
import io.github.unloadcopy.config.TableConfig;
import io.github.unloadcopy.config.TablePair;
import io.github.unloadcopy.config.TableTwins;
import io.github.unloadcopy.redshift.ClusterProbe;
import io.github.unloadcopy.redshift.ClusterProbe.Column;
import io.github.unloadcopy.redshift.Reason;
import io.github.unloadcopy.redshift.PlannedLoad;
import io.github.unloadcopy.redshift.RedshiftException;
import io.github.unloadcopy.redshift.Selection;
import io.github.unloadcopy.redshift.TableLoader;
import io.github.unloadcopy.redshift.TableName;
import io.github.unloadcopy.redshift.TablePlace;
import io.github.unloadcopy.redshift.TargetCheck;
import io.github.unloadcopy.redshift.TargetPlan.Mode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Looks at both clusters: the logins, the tables and their columns, and the ledger. */
final class TableChecks {
    private static final String UNKNOWN = "unknown";

    private final ClusterLogin login;
    private final Checks checks;
    private final TableName ledger;
    private final TargetTables targetTables;
    private final Map<TablePair, List<Column>> sourceColumns = new HashMap<>();
    private final Map<TablePair, TablePlace> places = new HashMap<>();
    private final Map<TablePair, OptionalLong> rows = new HashMap<>();

    TableChecks(final ClusterLogin login, final Checks checks, final TableName ledger, final TargetTables targetTables) {
        this.login = login;
        this.checks = checks;
        this.ledger = ledger;
        this.targetTables = targetTables;
    }

    /** Looks at everything; gives what would be moved. */
    List<Move> run(final MigrationConfig config) {
        final TableTwins twins = TableTwins.of(config);
        visit("source login", config.source(), probe -> {
            checks.run("source isolation", step -> probe.isolationLevel().orElse(UNKNOWN));
            config.tables().forEach(pair -> checkSource(probe, pair, twins));
        });
        visit("target login", config.target(), probe -> {
            checks.run("target isolation", step -> probe.isolationLevel().orElse(UNKNOWN));
            config.tables().forEach(pair -> checkTarget(probe, pair, twins));
            checks.run("ledger " + ledger, step -> ledger(probe));
        });

        final List<Move> moves = new ArrayList<>();

        for (final TablePair pair : config.tables()) {
            moves.add(new Move(name(pair.source()), pair.query() != null, name(pair.target()), rows.getOrDefault(pair, OptionalLong.empty())));
        }

        return moves;
    }

    private void visit(final String name, final ClusterConfig cluster, final Visit visit) {
        final ClusterProbe[] opened = new ClusterProbe[1];

        if (!checks.run(name, step -> {
            opened[0] = login.open(cluster);
            return "%s as %s".formatted(ClusterLogin.name(cluster), cluster.user());
        })) {
            checks.skip("tables on " + ClusterLogin.name(cluster), "nobody could log in");
            return;
        }

        try (ClusterProbe probe = opened[0]) {
            visit.look(probe);
        } catch (final RedshiftException e) {
            checks.warn(name, e.getMessage());
        }
    }

    private void checkSource(final ClusterProbe probe, final TablePair pair, final TableTwins twins) {
        final TableName table = name(pair.source());
        checks.run("source " + table, step -> {
            final TablePlace place = TablePlace.of(probe, table);
            place.requireOtherThan(twins.source(pair).orElse(null), "its rows would be moved twice");
            places.put(pair, place);

            // A query names what it reads itself.
            if (pair.query() == null) {
                requireSchema(probe, table);
            }

            final List<Column> columns = probe.loadableColumns(selection(pair));

            if (targetTables.mode() != Mode.MUST_EXIST) {
                probe.requireDefinition(table);
            }

            probe.requireUnrestricted(selection(pair), targetTables.restrictedData());
            sourceColumns.put(pair, columns);

            if (pair.query() == null) {
                rows.put(pair, probe.approximateRows(table));
            }

            return "%d column(s), may be read%s%s".formatted(columns.size(), pair.query() == null ? "" : " by its query", probe.seesPolicies() ? "" : "; " + ClusterProbe.MASKING_UNKNOWN);
        });
    }

    private void checkTarget(final ClusterProbe probe, final TablePair pair, final TableTwins twins) {
        final TableName table = name(pair.target());
        final List<Column> source = sourceColumns.get(pair);
        checks.run("target " + table, step -> {
            requireOther(probe, pair, twins);
            probe.requireTable(table);
            final PlannedLoad load = new PlannedLoad(selection(pair), table, pair.target().columns(), pair.explicitIds(), targetTables.mode(), targetTables.createSchema(),
                    targetTables.unverifiedPolicies());

            if (load.mode() != Mode.MUST_EXIST && TargetCheck.isToBeMade(probe, load)) {
                return "will be made like the source's" + (targetTables.mode() == Mode.REPLACE ? ", in place of one that is there" : "");
            }

            requireSchema(probe, table);
            require(probe, table, "INSERT");

            if (source == null && pair.target().columns().isEmpty()) {
                return "may be loaded; its columns could not be compared with the source's";
            }

            final List<String> names = pair.target().columns().isEmpty() ? source.stream().map(Column::name).toList() : pair.target().columns();
            final Optional<List<Column>> target = readable(probe, table, names);

            if (source != null && target.isPresent()) {
                compare(source, target.get(), table, step);
            }

            probe.targetColumns(table, table).require(names, pair.explicitIds());
            return "%d column(s), may be loaded%s".formatted(names.size(), target.isPresent() ? "" : "; their types could not be compared with the source's, because the user may not read them");
        });
    }

    private void requireOther(final ClusterProbe probe, final TablePair pair, final TableTwins twins) throws RedshiftException {
        final TablePlace target = TablePlace.of(probe, name(pair.target()));
        target.requireOtherThan(twins.target(pair).orElse(null), "the rows of two tables would be loaded into one");

        if (places.containsKey(pair)) {
            places.get(pair).requireOtherThan(target);
        }
    }

    /** COPY needs no SELECT. Empty for columns that the user may not read. */
    private static Optional<List<Column>> readable(final ClusterProbe probe, final TableName table, final List<String> columns) throws RedshiftException {
        try {
            return Optional.of(probe.columns(table, columns));
        } catch (final RedshiftException e) {
            if (e.reason() == Reason.PERMISSION_DENIED) {
                return Optional.empty();
            }

            throw e;
        }
    }

    private static void compare(final List<Column> source, final List<Column> target, final TableName table, final Checks checks) throws CliException {
        if (source.size() != target.size()) {
            throw new CliException(ExitStatus.CHECK_FAILED, "%d column(s) are unloaded, but %d of %s are to be loaded: they are paired by position, so name as many".formatted(source.size(),
                    target.size(), table));
        }

        for (int index = 0; index < source.size(); index++) {
            final Column from = source.get(index);
            final Column to = target.get(index);

            if (!from.type().equals(to.type()) || to.precision() < from.precision() || to.scale() < from.scale()) {
                checks.warn("target " + table, "column %s is %s here and %s in the source: a value that does not fit fails the load".formatted(to.name(), type(to), type(from)));
            }
        }
    }

    private String ledger(final ClusterProbe probe) throws CliException, RedshiftException {
        requireSchema(probe, ledger);
        final boolean ledgerExists = existsOrMayBeCreated(probe, ledger, "SELECT", "INSERT");
        // LOCK needs more than SELECT.
        final boolean gateExists = existsOrMayBeCreated(probe, TableLoader.gate(ledger), "UPDATE");
        return ledgerExists && gateExists ? "exists, and may be used" : "does not exist yet; the first load creates it";
    }

    private static boolean existsOrMayBeCreated(final ClusterProbe probe, final TableName table, final String... privileges) throws CliException, RedshiftException {
        try {
            for (final String privilege : privileges) {
                require(probe, table, privilege);
            }

            return true;
        } catch (final RedshiftException e) {
            if (e.reason() != Reason.TABLE_MISSING) {
                throw e;
            }
        }

        if (!probe.mayCreateIn(table.schema())) {
            throw new CliException(ExitStatus.CHECK_FAILED, "%s does not exist, and the user may not create it: GRANT CREATE ON SCHEMA %s to it until it does".formatted(table, table.schema()));
        }

        return false;
    }

    private static void requireSchema(final ClusterProbe probe, final TableName table) throws CliException, RedshiftException {
        if (!probe.mayUse(table.schema())) {
            throw new CliException(ExitStatus.CHECK_FAILED, "The user lacks USAGE on schema %s: GRANT USAGE ON SCHEMA %s to it".formatted(table.schema(), table.schema()));
        }
    }

    private static void require(final ClusterProbe probe, final TableName table, final String privilege) throws CliException, RedshiftException {
        if (!probe.may(table, privilege)) {
            throw new CliException(ExitStatus.CHECK_FAILED, "The user lacks %s on %s: GRANT %s ON %s to it".formatted(privilege, table, privilege, table));
        }
    }

    private static String type(final Column column) {
        return column.scale() > 0 ? "%s(%d,%d)".formatted(column.type(), column.precision(), column.scale()) : "%s(%d)".formatted(column.type(), column.precision());
    }

    private static Selection selection(final TablePair pair) {
        return Selection.of(name(pair.source()), pair.query(), pair.source().columns());
    }

    private static TableName name(final TableConfig table) {
        return new TableName(table.schema(), table.table());
    }

    @FunctionalInterface
    private interface Visit {
        void look(ClusterProbe probe);
    }
}
