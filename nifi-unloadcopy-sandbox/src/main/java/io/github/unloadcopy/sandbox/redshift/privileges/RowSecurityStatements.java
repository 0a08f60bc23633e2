package io.github.unloadcopy.sandbox.redshift.privileges;

import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.Token;
import io.github.unloadcopy.sandbox.redshift.sql.TokenReader;

import java.util.ArrayList;
import java.util.List;

/**
 * Row-level security: CREATE, ATTACH, DETACH and DROP RLS POLICY, and ALTER TABLE ... ROW LEVEL SECURITY. Rules: the pages of these statements in the Redshift Database Developer Guide; what they
 * do is in {@code row-security.sql}.
 */
final class RowSecurityStatements {

    private static final String TAG = " RLS POLICY";

    private RowSecurityStatements() {
    }

    /** Plans one statement, or returns null when it is another. */
    static PlannedStatement plan(final List<Token> tokens) {
        if (Statements.startsWith(tokens, "ALTER", "TABLE")) {
            final int row = Statements.find(tokens, "ROW", false);
            return row > 0 && Statements.startsWith(tokens.subList(row, tokens.size()), "ROW", "LEVEL", "SECURITY") ? alterTable(Statements.after(tokens, 2, "ALTER TABLE")) : null;
        }

        if (tokens.size() < 4 || !tokens.get(1).isWord("RLS") || !tokens.get(2).isWord("POLICY")) {
            return null;
        }

        final String command = tokens.getFirst().upper();
        final TokenReader reader = Statements.after(tokens, 3, command + TAG);
        return switch (command) {
            case "CREATE" -> create(tokens);
            case "ATTACH" -> attach(reader, command, "TO");
            case "DETACH" -> attach(reader, command, "FROM");
            case "DROP" -> drop(reader);
            case "ALTER" -> throw SqlError.notSupported("ALTER RLS POLICY is not supported by the sandbox");
            default -> null;
        };
    }

    private static PlannedStatement create(final List<Token> tokens) {
        final String command = "CREATE" + TAG;
        final String name = Statements.after(tokens, 3, command).expectIdentifier("the name of a policy");
        final PolicyDefinition definition = PolicyDefinition.read(tokens, 4, command);
        if (definition.expressions().size() != 1) {
            throw SqlError.syntax("syntax error in " + command + ": USING has one predicate");
        }

        final String predicate = definition.expressions().getFirst();
        final String alias = definition.alias() == null ? PolicyDefinition.DEFAULT_ALIAS : definition.alias();
        return Statements.joining(command, "SELECT 1 FROM " + definition.columnsAsRow() + " WHERE (" + predicate + ")",
                "SELECT pg_internal.create_rls_policy(" + Literals.quote(name) + ", " + Literals.quote(alias) + ", " + Identity.array(definition.names()) + ", "
                        + Identity.array(definition.types()) + ", " + Literals.quote(predicate) + ", " + Literals.quote(definition.source()) + ")");
    }

    /** {@code policy ON [TABLE] table [, ...] {TO | FROM} identity [, ...]}. */
    private static PlannedStatement attach(final TokenReader reader, final String command, final String separator) {
        final String name = Literals.quote(reader.expectIdentifier("the name of a policy"));
        reader.expectWord("ON");
        reader.acceptWord("TABLE");
        final List<String> relations = new ArrayList<>();
        do {
            relations.add("pg_internal.resolve(" + Literals.quote(Statements.readRelation(reader)) + ")");
        } while (reader.acceptSymbol(','));

        reader.expectWord(separator);
        final List<Identity> identities = Statements.readPolicyHolders(reader);
        Statements.expectEnd(reader);
        return Statements.joining(command + TAG, "SELECT pg_internal." + (command.equals("ATTACH") ? "attach" : "detach") + "_rls_policy(" + name + ", ARRAY[" + String.join(", ", relations) + "], "
                + Identity.arguments(identities) + ")");
    }

    private static PlannedStatement drop(final TokenReader reader) {
        final boolean missingOk = Statements.acceptIfExists(reader);
        final String name = reader.expectIdentifier("the name of a policy");
        final boolean cascades = Statements.acceptCascade(reader);
        Statements.expectEnd(reader);
        return Statements.joining("DROP" + TAG, "SELECT pg_internal.drop_rls_policy(" + Literals.quote(name) + ", " + missingOk + ", " + cascades + ")");
    }

    /** {@code table ROW LEVEL SECURITY {ON | OFF} [CONJUNCTION TYPE {AND | OR}] [FOR DATASHARES]}. */
    private static PlannedStatement alterTable(final TokenReader reader) {
        final String relation = Statements.readRelation(reader);
        reader.expectWord("ROW");
        reader.expectWord("LEVEL");
        reader.expectWord("SECURITY");
        final boolean turnedOn = reader.acceptWord("ON");
        if (!turnedOn) {
            reader.expectWord("OFF");
        }

        String conjunction = "NULL";
        if (reader.acceptWord("CONJUNCTION")) {
            reader.expectWord("TYPE");
            final boolean either = reader.acceptWord("OR");
            if (!either) {
                reader.expectWord("AND");
            }

            conjunction = either ? "'or'" : "'and'";
        }

        if (reader.peekWord("FOR")) {
            throw SqlError.notSupported("ROW LEVEL SECURITY ... FOR DATASHARES is not supported by the sandbox");
        }

        Statements.expectEnd(reader);
        return Statements.joining("ALTER TABLE", "SELECT pg_internal.set_row_level_security(pg_internal.resolve(" + Literals.quote(relation) + "), " + turnedOn + ", " + conjunction + ")");
    }
}
