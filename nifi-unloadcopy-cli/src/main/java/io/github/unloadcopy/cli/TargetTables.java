package io.github.unloadcopy.cli;

import io.github.unloadcopy.redshift.RestrictedData;
import io.github.unloadcopy.redshift.TargetPlan.Mode;
import io.github.unloadcopy.redshift.UnverifiedPolicies;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;

/** What the flow is set to do about the target's tables: its parameters Target Table and Create Schema. */
final class TargetTables {
    @Option(names = "--target-table", paramLabel = "MODE", defaultValue = "must-exist", converter = ModeConverter.class, completionCandidates = ModeNames.class,
            description = "The flow's parameter Target Table: must-exist, create-if-missing or replace. Default: ${DEFAULT-VALUE}")
    private Mode mode;

    @Option(names = "--create-schema", description = "The flow's parameter Create Schema: a schema that the target lacks is made too.")
    private boolean createSchema;

    @Option(names = "--unverified-policies", paramLabel = "STRATEGY", defaultValue = "FAIL",
            description = "The Unverified Policies Strategy of RedshiftUnload and RedshiftCopy, for tables to be replaced: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private UnverifiedPolicies unverifiedPolicies;

    @Option(names = "--restricted-data", paramLabel = "STRATEGY", defaultValue = "FAIL",
            description = "The Restricted Data Strategy of RedshiftUnload: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private RestrictedData restrictedData;

    /** What becomes of a table that would be replaced, when policies on it cannot be seen. */
    UnverifiedPolicies unverifiedPolicies() {
        return unverifiedPolicies;
    }

    /** What becomes of a table of which the user of the unload sees only part. */
    RestrictedData restrictedData() {
        return restrictedData;
    }

    /** Whether tables have to be there, are made, or replaced. */
    Mode mode() {
        return mode;
    }

    /** Whether a missing schema is made. */
    boolean createSchema() {
        return createSchema;
    }

    private static String name(final Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Takes the flow's own spelling as well. */
    static final class ModeConverter implements ITypeConverter<Mode> {
        @Override
        public Mode convert(final String value) {
            return Stream.of(Mode.values()).filter(mode -> name(mode).equalsIgnoreCase(value.replace('_', '-'))).findFirst()
                    .orElseThrow(() -> new TypeConversionException("no such mode"));
        }
    }

    /** For the shell's completion. */
    static final class ModeNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(Mode.values()).map(TargetTables::name).iterator();
        }
    }
}
