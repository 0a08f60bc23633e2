package io.github.unloadcopy.sandbox.redshift.privileges;

import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.Token;
import io.github.unloadcopy.sandbox.redshift.sql.TokenReader;

import java.util.ArrayList;
import java.util.List;

/**
 * CREATE, ALTER and DROP DATASHARE on the cluster that shares. Rules: the pages of these statements in the Redshift Database Developer Guide. Other clusters' shares are not known.
 */
final class DatashareStatements {

    private static final String CREATE = "CREATE DATASHARE";
    private static final String ALTER = "ALTER DATASHARE";
    private static final String DROP = "DROP DATASHARE";

    private DatashareStatements() {
    }

    /** Plans one statement, or returns null when it is another. */
    static PlannedStatement plan(final List<Token> tokens) {
        if (tokens.size() < 3 || !tokens.get(1).isWord("DATASHARE")) {
            return null;
        }

        return switch (tokens.getFirst().upper()) {
            case "CREATE" -> create(Statements.after(tokens, 2, CREATE));
            case "ALTER" -> alter(Statements.after(tokens, 2, ALTER));
            case "DROP" -> drop(Statements.after(tokens, 2, DROP));
            case "DESC" -> throw SqlError.notSupported("DESC DATASHARE is not supported by the sandbox");
            default -> null;
        };
    }

    private static String name(final TokenReader reader) {
        return Literals.quote(reader.expectIdentifier("the name of a datashare"));
    }

    private static PlannedStatement create(final TokenReader reader) {
        final String name = name(reader);
        boolean isPublic = false;
        if (reader.acceptWord("SET")) {
            isPublic = readPublic(reader);
        }

        if (reader.peekWord("MANAGEDBY")) {
            throw SqlError.notSupported("MANAGEDBY in CREATE DATASHARE is not supported by the sandbox");
        }

        Statements.expectEnd(reader);
        return Statements.joining(CREATE, "SELECT pg_internal.create_datashare(" + name + ", " + isPublic + ")");
    }

    private static PlannedStatement drop(final TokenReader reader) {
        final String name = name(reader);
        Statements.expectEnd(reader);
        return Statements.joining(DROP, "SELECT pg_internal.drop_datashare(" + name + ")");
    }

    private static PlannedStatement alter(final TokenReader reader) {
        final String name = name(reader);
        if (reader.acceptWord("SET")) {
            return reader.acceptWord("INCLUDENEW") ? includeNew(reader, name) : setPublic(reader, name);
        }

        final boolean added = reader.acceptWord("ADD");
        if (!added) {
            reader.expectWord("REMOVE");
        }

        final List<String> steps = new ArrayList<>();
        final String kind = reader.next().upper();
        if (kind.equals("ALL")) {
            reader.expectWord("TABLES");
            reader.expectWord("IN");
            reader.expectWord("SCHEMA");
        } else if (!kind.equals("TABLE") && !kind.equals("SCHEMA")) {
            throw SqlError.notSupported(ALTER + " with " + kind + " is not supported by the sandbox");
        }

        do {
            final String object = kind.equals("TABLE") ? "share_table" : kind.equals("SCHEMA") ? "share_schema" : "share_tables";
            final String subject = kind.equals("TABLE") ? resolved(reader) : Literals.quote(reader.expectIdentifier("the name of a schema"));
            steps.add("SELECT pg_internal." + object + "(" + name + ", " + added + ", " + subject + ")");
        } while (reader.acceptSymbol(','));

        Statements.expectEnd(reader);
        return Statements.joining(ALTER, steps.toArray(String[]::new));
    }

    private static PlannedStatement setPublic(final TokenReader reader, final String name) {
        final boolean isPublic = readPublic(reader);
        Statements.expectEnd(reader);
        return Statements.joining(ALTER, "SELECT pg_internal.set_datashare_public(" + name + ", " + isPublic + ")");
    }

    private static PlannedStatement includeNew(final TokenReader reader, final String name) {
        final boolean included = readTruth(reader);
        reader.expectWord("FOR");
        reader.expectWord("SCHEMA");
        final String schema = Literals.quote(reader.expectIdentifier("the name of a schema"));
        Statements.expectEnd(reader);
        return Statements.joining(ALTER, "SELECT pg_internal.set_datashare_new(" + name + ", " + included + ", " + schema + ")");
    }

    private static String resolved(final TokenReader reader) {
        return "pg_internal.resolve(" + Literals.quote(Statements.readRelation(reader)) + ")";
    }

    private static boolean readPublic(final TokenReader reader) {
        if (!reader.peekWord("PUBLICACCESSIBLE")) {
            throw SqlError.notSupported("SET " + reader.next().upper() + " of a datashare is not supported by the sandbox");
        }

        reader.next();
        return readTruth(reader);
    }

    private static boolean readTruth(final TokenReader reader) {
        reader.acceptSymbol('=');
        final boolean isTrue = reader.acceptWord("TRUE");
        if (!isTrue) {
            reader.expectWord("FALSE");
        }

        return isTrue;
    }
}
