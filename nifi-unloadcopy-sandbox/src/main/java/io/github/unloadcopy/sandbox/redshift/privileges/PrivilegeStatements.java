package io.github.unloadcopy.sandbox.redshift.privileges;

import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.Token;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Finds who plans a statement of this package.
 */
public final class PrivilegeStatements {

    private static final List<Function<List<Token>, PlannedStatement>> PLANNERS = List.of(GrantStatements::plan, RoleStatements::plan, DatashareStatements::plan,
            RowSecurityStatements::plan, MaskingStatements::plan);

    private PrivilegeStatements() {
    }

    /**
     * Plans one statement, or returns null when it is another.
     *
     * @throws io.github.unloadcopy.sandbox.redshift.sql.SqlError when it is not valid
     */
    public static PlannedStatement plan(final List<Token> tokens) {
        final Stream<PlannedStatement> plans = PLANNERS.stream().map(planner -> planner.apply(tokens));
        return plans.filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** The name of the table that a statement, which {@link #plan} has taken, attaches a masking policy to. */
    public static Optional<String> maskedTable(final List<Token> tokens) {
        return MaskingStatements.target(tokens);
    }
}
