package io.github.unloadcopy.sandbox.redshift.privileges;

import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.ObjectName;
import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.Token;
import io.github.unloadcopy.sandbox.redshift.sql.TokenReader;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Dynamic data masking: CREATE, ATTACH, DETACH and DROP MASKING POLICY. Rules: the pages of these statements in the Redshift Database Developer Guide; what they do is in {@code masking.sql}.
 */
final class MaskingStatements {

    private static final String TAG = " MASKING POLICY";
    /** Index of the table in ATTACH MASKING POLICY name ON table. */
    private static final int TABLE_OF_ATTACH = 5;

    private MaskingStatements() {
    }

    /** Plans one statement, or returns null when it is another. */
    static PlannedStatement plan(final List<Token> tokens) {
        if (tokens.size() < 4 || !tokens.get(1).isWord("MASKING") || !tokens.get(2).isWord("POLICY")) {
            return null;
        }

        final String command = tokens.getFirst().upper();
        final TokenReader reader = Statements.after(tokens, 3, command + TAG);
        return switch (command) {
            case "CREATE" -> create(tokens);
            case "ATTACH" -> attach(reader);
            case "DETACH" -> detach(reader);
            case "DROP" -> drop(reader);
            case "ALTER" -> throw SqlError.notSupported("ALTER MASKING POLICY is not supported by the sandbox");
            default -> null;
        };
    }

    /** The name, without schema, of the table that a statement masks; empty when it masks none. */
    static Optional<String> target(final List<Token> tokens) {
        return Statements.startsWith(tokens, "ATTACH", "MASKING") ? Optional.of(ObjectName.read(tokens, TABLE_OF_ATTACH, "ATTACH" + TAG).name()) : Optional.empty();
    }

    private static PlannedStatement create(final List<Token> tokens) {
        final String command = "CREATE" + TAG;
        final String name = Statements.after(tokens, 3, command).expectIdentifier("the name of a policy");
        final boolean missingOnly = tokens.size() > 6 && Statements.startsWith(tokens.subList(4, tokens.size()), "IF", "NOT", "EXISTS");
        final PolicyDefinition definition = PolicyDefinition.read(tokens, missingOnly ? 7 : 4, command);
        if (definition.names().isEmpty() || definition.alias() != null) {
            throw SqlError.syntax("syntax error in " + command + ": WITH (columns) USING (expression) is missing");
        }

        final String types = definition.expressions().stream().map(expression -> "pg_catalog.pg_typeof(" + expression + ")").collect(Collectors.joining(", "));
        final List<String> expressions = definition.expressions().stream().map(expression -> expression.replace(PolicyDefinition.TARGET, "\"masking input\"")).toList();
        return Statements.joining(command, "SELECT pg_internal.create_masking_policy(" + Literals.quote(name) + ", " + missingOnly + ", " + Identity.array(definition.names()) + ", "
                + Identity.array(definition.types()) + ", " + Identity.array(expressions) + ", ARRAY[" + types + "], " + Literals.quote(definition.source()) + ") FROM " + definition.columnsAsRow());
    }

    /** {@code policy ON table (columns) [USING (columns)] TO identity [PRIORITY number]}. */
    private static PlannedStatement attach(final TokenReader reader) {
        final String subject = policyAndRelation(reader);
        final List<String> outputs = columns(reader);
        final List<String> inputs = reader.acceptWord("USING") ? columns(reader) : outputs;
        reader.expectWord("TO");
        final Identity holder = holder(reader);
        final long priority = reader.acceptWord("PRIORITY") ? reader.expectNumber("PRIORITY") : 0;
        Statements.expectEnd(reader);
        if (priority > Integer.MAX_VALUE) {
            throw new SqlError(SqlError.INVALID_VALUE, "PRIORITY is out of range");
        }

        return Statements.joining("ATTACH" + TAG, "SELECT pg_internal.attach_masking_policy(" + subject + ", " + Identity.array(outputs) + ", " + Identity.array(inputs) + ", "
                + arguments(holder) + ", " + priority + ")");
    }

    /** {@code policy ON table (columns) FROM identity}. */
    private static PlannedStatement detach(final TokenReader reader) {
        final String subject = policyAndRelation(reader);
        final List<String> outputs = columns(reader);
        reader.expectWord("FROM");
        final Identity holder = holder(reader);
        Statements.expectEnd(reader);
        return Statements.joining("DETACH" + TAG, "SELECT pg_internal.detach_masking_policy(" + subject + ", " + Identity.array(outputs) + ", " + arguments(holder) + ")");
    }

    private static PlannedStatement drop(final TokenReader reader) {
        final boolean missingOk = Statements.acceptIfExists(reader);
        final String name = reader.expectIdentifier("the name of a policy");
        final boolean cascades = Statements.acceptCascade(reader);
        Statements.expectEnd(reader);
        return Statements.joining("DROP" + TAG, "SELECT pg_internal.drop_masking_policy(" + Literals.quote(name) + ", " + missingOk + ", " + cascades + ")");
    }

    private static String policyAndRelation(final TokenReader reader) {
        final String name = Literals.quote(reader.expectIdentifier("the name of a policy"));
        reader.expectWord("ON");
        return name + ", pg_internal.resolve(" + Literals.quote(Statements.readRelation(reader)) + ")";
    }

    private static List<String> columns(final TokenReader reader) {
        final List<String> columns = new ArrayList<>();
        reader.expectSymbol('(');
        do {
            columns.add(reader.expectIdentifier("a column"));
            if (reader.peekSymbol('.') || reader.peekSymbol('[')) {
                throw SqlError.notSupported("Masking policies on paths of SUPER columns are not supported by the sandbox");
            }
        } while (reader.acceptSymbol(','));

        reader.expectSymbol(')');
        return columns;
    }

    private static Identity holder(final TokenReader reader) {
        final List<Identity> holders = Statements.readPolicyHolders(reader);
        if (holders.size() != 1) {
            throw SqlError.syntax("syntax error: a masking policy is attached for one user or role, or for PUBLIC");
        }

        return holders.getFirst();
    }

    private static String arguments(final Identity holder) {
        return Literals.quote(holder.kindName()) + ", " + Literals.quote(holder.shownName());
    }
}
