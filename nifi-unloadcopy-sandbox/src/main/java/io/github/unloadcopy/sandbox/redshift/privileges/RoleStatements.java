package io.github.unloadcopy.sandbox.redshift.privileges;

import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.Token;
import io.github.unloadcopy.sandbox.redshift.sql.TokenReader;

import java.util.List;
import java.util.regex.Pattern;

/**
 * CREATE ROLE and DROP ROLE: the pages of these statements in the Redshift Database Developer Guide. Names of users and groups that would be taken for roles are refused.
 */
final class RoleStatements {

    /** Those of the cluster, and those by which the sandbox tells roles and permissions from users. */
    private static final Pattern RESERVED = Pattern.compile("(sys|ds|role|permission|sandbox):.*", Pattern.DOTALL);
    private static final String RESERVED_NAME = "42939";

    private RoleStatements() {
    }

    /** Plans one statement, or returns null when it is another. */
    static PlannedStatement plan(final List<Token> tokens) {
        if (Statements.startsWith(tokens, "CREATE", "ROLE")) {
            return create(Statements.after(tokens, 2, "CREATE ROLE"));
        }

        if (Statements.startsWith(tokens, "DROP", "ROLE")) {
            return drop(Statements.after(tokens, 2, "DROP ROLE"));
        }

        if (Statements.startsWith(tokens, "ALTER", "ROLE")) {
            throw SqlError.notSupported("ALTER ROLE is not supported by the sandbox");
        }

        checkNames(tokens);
        return null;
    }

    private static PlannedStatement create(final TokenReader reader) {
        final String name = Identity.readName(reader, "the name of a role");
        String externalId = "NULL";
        if (reader.acceptWord("EXTERNALID")) {
            externalId = Literals.quote(reader.peekString() ? reader.expectString("EXTERNALID") : reader.expectIdentifier("EXTERNALID"));
        }

        Statements.expectEnd(reader);
        return Statements.joining("CREATE ROLE", "SELECT pg_internal.create_role(" + Literals.quote(name) + ", " + externalId + ")");
    }

    private static PlannedStatement drop(final TokenReader reader) {
        final String name = Identity.readName(reader, "the name of a role");
        final boolean force = reader.acceptWord("FORCE");
        if (!force) {
            reader.acceptWord("RESTRICT");
        }

        Statements.expectEnd(reader);
        return Statements.joining("DROP ROLE", "SELECT pg_internal.drop_role(" + Literals.quote(name) + ", " + force + ")");
    }

    private static void checkNames(final List<Token> tokens) {
        if (tokens.size() < 3 || !tokens.get(1).isWord("USER") && !tokens.get(1).isWord("GROUP")) {
            return;
        }

        final boolean renames = Statements.startsWith(tokens.subList(0, 1), "ALTER") && tokens.size() > 5 && tokens.get(3).isWord("RENAME");
        final Token name = renames ? tokens.getLast() : tokens.get(2);
        if ((renames || tokens.getFirst().isWord("CREATE")) && name.isIdentifier() && RESERVED.matcher(Literals.identifier(name)).matches()) {
            throw new SqlError(RESERVED_NAME, "name " + name.source() + " is reserved");
        }
    }
}
