package io.github.unloadcopy.sandbox.redshift.privileges;

import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.Token;
import io.github.unloadcopy.sandbox.redshift.sql.TokenReader;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * GRANT and REVOKE. Rules: the pages of these statements in the Redshift Database Developer Guide. Of privileges on objects only the identities are written anew, since PostgreSQL would take a group
 * for a user, and knows no roles beside them.
 */
final class GrantStatements {

    private static final String GRANT = "GRANT";
    private static final String REVOKE = "REVOKE";
    private static final String INVALID_GRANT = "0LP01";
    private static final Set<String> PERMISSIONS = Set.of("ACCESS SYSTEM TABLE", "IGNORE RLS", "EXPLAIN RLS", "EXPLAIN MASKING");
    private static final Set<String> OTHER_OBJECTS = Set.of("DATASHARE", "MODEL", "LIBRARY", "EXTERNAL", "TEMPLATE", "COPY", "CATALOG");

    private final String command;
    private final List<Token> tokens;
    /** Between what is granted and the identities. */
    private final int separator;

    private GrantStatements(final List<Token> tokens) {
        this.command = tokens.getFirst().upper();
        this.tokens = tokens;
        final String word = command.equals(GRANT) ? "TO" : "FROM";
        this.separator = Statements.find(tokens, word, true);
        if (separator < 0) {
            throw SqlError.syntax("syntax error at end of input: " + command + " needs " + word + " there");
        }
    }

    /** Plans one statement, or returns null when it is another. */
    static PlannedStatement plan(final List<Token> tokens) {
        if (!tokens.getFirst().isWord(GRANT) && !tokens.getFirst().isWord(REVOKE)) {
            return null;
        }

        return new GrantStatements(tokens).plan();
    }

    private PlannedStatement plan() {
        final TokenReader what = new TokenReader(command, tokens.subList(1, separator));
        final boolean adminOnly = command.equals(REVOKE) && acceptAdminOption();
        if (adminOnly || what.peekWord("ROLE")) {
            return roles(adminOnly);
        }

        final int on = Statements.find(tokens.subList(0, separator), "ON", false);
        return on < 0 ? permission() : privileges(on);
    }

    private boolean acceptAdminOption() {
        return tokens.get(1).isWord("ADMIN") && tokens.get(2).isWord("OPTION") && tokens.get(3).isWord("FOR");
    }

    /** {@code GRANT ROLE role [, ...] TO { user [ WITH ADMIN OPTION ] | ROLE role } [, ...]}. */
    private PlannedStatement roles(final boolean adminOnly) {
        final TokenReader what = new TokenReader(command, tokens.subList(adminOnly ? 4 : 1, separator));
        what.expectWord("ROLE");
        final List<String> roles = new ArrayList<>();
        do {
            roles.add(Identity.readName(what, "the name of a role"));
        } while (what.acceptSymbol(','));

        Statements.expectEnd(what);
        final Grantees grantees = grantees("ADMIN");
        if (!grantees.all().stream().allMatch(identity -> identity.kind() == Identity.Kind.USER || identity.kind() == Identity.Kind.ROLE)) {
            throw new SqlError(INVALID_GRANT, "roles are granted to users and to roles only");
        }

        final List<String> steps = new ArrayList<>();
        if (command.equals(REVOKE)) {
            steps.add("SELECT pg_internal.revoke_roles(" + Identity.array(roles) + ", " + Identity.arguments(grantees.all()) + ", " + adminOnly + ")");
        } else {
            grantees.lists().forEach((optional, identities) ->
                    steps.add("SELECT pg_internal.grant_roles(" + Identity.array(roles) + ", " + Identity.arguments(identities) + ", " + optional + ")"));
        }

        return Statements.joining(command, steps.toArray(String[]::new));
    }

    /** {@code GRANT system_permission TO ROLE role [, ...]}. */
    private PlannedStatement permission() {
        final String permission = String.join(" ", tokens.subList(1, separator).stream().map(Token::upper).toList());
        if (separator == 2) {
            throw Statements.syntaxError(tokens.get(1));
        }

        if (!PERMISSIONS.contains(permission)) {
            throw SqlError.notSupported(command + ' ' + permission + " is not supported by the sandbox");
        }

        final List<Identity> roles = grantees(null).all();
        if (!roles.stream().allMatch(identity -> identity.kind() == Identity.Kind.ROLE)) {
            throw new SqlError(INVALID_GRANT, "system permissions are granted to roles only");
        }

        return Statements.joining(command, "SELECT pg_internal.change_permission(" + Literals.quote(permission) + ", " + Identity.array(roles.stream().map(Identity::name).toList()) + ", "
                + command.equals(GRANT) + ")");
    }

    /** Privileges on objects. */
    private PlannedStatement privileges(final int on) {
        if (OTHER_OBJECTS.contains(tokens.get(on + 1).upper())) {
            throw SqlError.notSupported(command + " ON " + tokens.get(on + 1).upper() + " is not supported by the sandbox");
        }

        final boolean columns = tokens.subList(0, on).stream().anyMatch(token -> token.isSymbol('('));
        final Grantees grantees = grantees(columns ? null : "GRANT");
        final String what = columns ? columnPrivileges(on) + Statements.source(tokens, on, separator) : Statements.source(tokens, 1, separator);
        final List<String> steps = new ArrayList<>();
        steps.add("SELECT pg_internal.check_identities(" + Identity.arguments(grantees.all()) + ")");
        grantees.lists().forEach((optional, identities) -> steps.add(command + ' ' + what + ' ' + tokens.get(separator).source() + ' '
                + String.join(", ", identities.stream().map(Identity::quoted).toList()) + (optional ? " WITH GRANT OPTION" : "") + grantees.behavior()));
        return Statements.joining(command, steps.toArray(String[]::new));
    }

    /** Columns have SELECT and UPDATE only, which is also what ALL means for them. */
    private String columnPrivileges(final int on) {
        final StringBuilder privileges = new StringBuilder();
        int position = 1;
        while (position < on) {
            final String privilege = tokens.get(position).upper();
            int open = position + 1;
            if (privilege.equals("ALL") && open < on && tokens.get(open).isWord("PRIVILEGES")) {
                open++;
            }

            int close = open;
            while (close < on && !tokens.get(close).isSymbol(')')) {
                close++;
            }

            if (!Set.of("SELECT", "UPDATE", "ALL").contains(privilege) || open >= on || !tokens.get(open).isSymbol('(') || close >= on) {
                throw Statements.syntaxError(tokens.get(Math.min(open, on)));
            }

            final String names = ' ' + Statements.source(tokens, open, close + 1);
            privileges.append(privileges.isEmpty() ? "" : ", ").append(privilege.equals("ALL") ? "SELECT" + names + ", UPDATE" + names : privilege + names);
            position = close + 1;
            if (position < on && !tokens.get(position).isSymbol(',')) {
                throw Statements.syntaxError(tokens.get(position));
            }

            position++;
        }

        return privileges.append(' ').toString();
    }

    /**
     * Reads the identities.
     *
     * @param option what may follow a user as WITH ... OPTION, or null
     */
    private Grantees grantees(final String option) {
        final TokenReader reader = Statements.after(tokens, separator + 1, command);
        final List<Identity> plain = new ArrayList<>();
        final List<Identity> optional = new ArrayList<>();
        do {
            final Identity identity = Identity.read(reader);
            if (command.equals(GRANT) && option != null && reader.acceptWord("WITH")) {
                reader.expectWord(option);
                reader.expectWord("OPTION");
                if (identity.kind() != Identity.Kind.USER) {
                    throw new SqlError(INVALID_GRANT, option + " OPTION can be granted to users only");
                }

                optional.add(identity);
            } else {
                plain.add(identity);
            }
        } while (reader.acceptSymbol(','));

        String behavior = "";
        if (command.equals(REVOKE) && (reader.peekWord("CASCADE") || reader.peekWord("RESTRICT"))) {
            behavior = ' ' + reader.next().upper();
        }

        Statements.expectEnd(reader);
        return new Grantees(plain, optional, behavior);
    }

    /**
     * The identities of one statement.
     *
     * @param optional those WITH GRANT OPTION or WITH ADMIN OPTION
     * @param behavior CASCADE or RESTRICT with a blank before it, or empty
     */
    private record Grantees(List<Identity> plain, List<Identity> optional, String behavior) {

        List<Identity> all() {
            final List<Identity> all = new ArrayList<>(plain);
            all.addAll(optional);
            return all;
        }

        /** The lists that are not empty, and whether their members have the option. */
        Map<Boolean, List<Identity>> lists() {
            final Map<Boolean, List<Identity>> lists = new TreeMap<>();
            if (!plain.isEmpty()) {
                lists.put(false, plain);
            }

            if (!optional.isEmpty()) {
                lists.put(true, optional);
            }

            return lists;
        }
    }
}
