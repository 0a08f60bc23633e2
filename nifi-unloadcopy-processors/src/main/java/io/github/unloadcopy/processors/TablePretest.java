package io.github.unloadcopy.processors;

import io.github.unloadcopy.redshift.ClusterProbe;
import io.github.unloadcopy.redshift.ConnectionSource;
import io.github.unloadcopy.redshift.PlannedLoad;
import io.github.unloadcopy.redshift.RedshiftException;
import io.github.unloadcopy.redshift.Selection;
import io.github.unloadcopy.redshift.TableName;
import io.github.unloadcopy.redshift.TablePlace;
import io.github.unloadcopy.redshift.TargetCheck;
import org.apache.nifi.dbcp.DBCPService;
import org.apache.nifi.processor.ProcessContext;

import java.util.List;
import java.util.Map;

/** What RedshiftUnload looks at before it unloads a table, for a FlowFile or for its attributes alone. Nothing is changed. */
final class TablePretest {

    /** What would become of rows, where two tables of the target are one. */
    static final String TWO_INTO_ONE = "the rows of two tables would be loaded into one";

    private final ProcessContext context;
    private final FlowFileProperties properties;
    private final TableName source;
    private final Selection selection;

    /** @throws InvalidFlowFileException when no table is named, or what is to be unloaded of it is not one SELECT */
    TablePretest(final ProcessContext context, final FlowFileProperties properties) throws InvalidFlowFileException {
        this.context = context;
        this.properties = properties;
        source = new TableName(properties.required(RedshiftUnload.SCHEMA_NAME), properties.required(RedshiftUnload.TABLE_NAME));
        // Before any cluster is asked: what is not one SELECT is sent nowhere.
        selection = properties.selection(source, RedshiftUnload.QUERY, RedshiftUnload.COLUMNS);
    }

    /** What is to be unloaded. */
    Selection selection() {
        return selection;
    }

    /**
     * Sees that the table is no other one of the run, and, where a Target Connection Pooling Service is set, that it is not loaded into itself or into another one's target.
     *
     * @return where the source's table is
     */
    TablePlace lookAtNames() throws RedshiftException, InvalidFlowFileException {
        final DBCPService service = context.getProperty(RedshiftUnload.TARGET_CONNECTION_POOLING_SERVICE).asControllerService(DBCPService.class);
        final TablePlace place = place(CommonProperties.connectionPoolingService(context), "the source", source);
        place.requireOtherThan(twin(UnloadCopyAttributes.SOURCE), "its rows would be moved twice");

        if (service != null) {
            final TablePlace target = place(service, "the target", target());
            target.requireOtherThan(twin(UnloadCopyAttributes.TARGET), TWO_INTO_ONE);
            place.requireOtherThan(target);
        }

        return place;
    }

    private TablePlace place(final DBCPService service, final String cluster, final TableName table) throws RedshiftException {
        try (ClusterProbe probe = ClusterProbe.open(connections(service), cluster)) {
            return TablePlace.of(probe, table);
        }
    }

    /** Returns null when no table of the run has a name that differs from this one's in its case only. */
    private String twin(final String prefix) {
        return properties.attributes().get(prefix + UnloadCopyAttributes.TABLE_TWIN);
    }

    /**
     * Sees that the source's table and columns may be read, and can travel.
     *
     * @return what there is, as a sentence
     */
    String lookAtSource() throws RedshiftException, InvalidFlowFileException {
        try (ClusterProbe probe = ClusterProbe.open(connections(CommonProperties.connectionPoolingService(context)), "the source")) {
            final List<ClusterProbe.Column> columns = probe.loadableColumns(selection);
            probe.requireUnrestricted(selection, context.getProperty(RedshiftUnload.RESTRICTED_DATA_STRATEGY).asAllowableValue(RestrictedDataStrategy.class).restricted());
            return "%s has %d column(s) to unload%s".formatted(source, columns.size(), probe.seesPolicies() ? "" : "; " + ClusterProbe.MASKING_UNKNOWN);
        }
    }

    /**
     * Sees that the target can take the table, where a Target Connection Pooling Service is set.
     *
     * @return what there is, as a sentence
     */
    String lookAtTarget() throws RedshiftException, InvalidFlowFileException {
        final DBCPService service = context.getProperty(RedshiftUnload.TARGET_CONNECTION_POOLING_SERVICE).asControllerService(DBCPService.class);

        if (service == null) {
            return "Not looked at, because %s is not set".formatted(RedshiftUnload.TARGET_CONNECTION_POOLING_SERVICE.getName());
        }

        final TableName target = target();
        final TargetTable targetTable = context.getProperty(CommonProperties.TARGET_TABLE).asAllowableValue(TargetTable.class);
        final boolean createSchema = targetTable != TargetTable.MUST_EXIST && context.getProperty(CommonProperties.CREATE_SCHEMA).asBoolean();
        TargetCheck.check(connections(CommonProperties.connectionPoolingService(context)), connections(service),
                new PlannedLoad(selection, target, properties.targetColumns(), explicitIds(), targetTable.mode(), createSchema,
                        CommonProperties.unverifiedPolicies(context)));
        return "%s can be loaded".formatted(target);
    }

    private TableName target() throws InvalidFlowFileException {
        final String schema = properties.attributes().get(UnloadCopyAttributes.TARGET + UnloadCopyAttributes.SCHEMA);
        final String table = properties.attributes().get(UnloadCopyAttributes.TARGET + UnloadCopyAttributes.TABLE);

        if (schema == null || schema.isBlank() || table == null || table.isBlank()) {
            throw new InvalidFlowFileException("Property %s is set, but the attributes %sschema and %stable do not name the table to look at".formatted(
                    RedshiftUnload.TARGET_CONNECTION_POOLING_SERVICE.getName(), UnloadCopyAttributes.TARGET, UnloadCopyAttributes.TARGET));
        }

        return new TableName(schema, table);
    }

    /** Returns null when no configuration says it: then only RedshiftCopy knows. */
    private Boolean explicitIds() {
        final String value = properties.attributes().get(UnloadCopyAttributes.EXPLICIT_IDS);
        return value == null || value.isBlank() ? null : Boolean.valueOf(value.strip());
    }

    private ConnectionSource connections(final DBCPService service) {
        final Map<String, String> attributes = properties.attributes();
        return () -> Connections.open(service, attributes);
    }
}
