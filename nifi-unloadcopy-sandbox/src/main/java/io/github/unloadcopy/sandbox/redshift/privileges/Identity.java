package io.github.unloadcopy.sandbox.redshift.privileges;

import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.TokenReader;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Who is granted something, or has a policy.
 *
 * @param name empty for PUBLIC
 */
record Identity(Kind kind, String name) {

    /** What kinds of identities a cluster has. */
    enum Kind {
        USER, ROLE, GROUP, PUBLIC
    }

    /**
     * Reads {@code user | ROLE role | GROUP group | PUBLIC}.
     *
     * @throws SqlError when there is none of these, or one that the sandbox does not know
     */
    static Identity read(final TokenReader reader) {
        if (reader.acceptWord("PUBLIC")) {
            return new Identity(Kind.PUBLIC, "");
        }

        if (reader.acceptWord("ROLE")) {
            return new Identity(Kind.ROLE, readName(reader, "the name of a role"));
        }

        if (reader.acceptWord("GROUP")) {
            return new Identity(Kind.GROUP, readName(reader, "the name of a group"));
        }

        final String name = readName(reader, "the name of a user");
        if (reader.peekWord("POLICY") || reader.peekString()) {
            throw SqlError.notSupported("Granting to " + name.toUpperCase(Locale.ROOT) + " is not supported by the sandbox");
        }

        return new Identity(Kind.USER, name);
    }

    /** Reads one or more, with commas between. */
    static List<Identity> readList(final TokenReader reader) {
        final List<Identity> identities = new ArrayList<>();
        do {
            identities.add(read(reader));
        } while (reader.acceptSymbol(','));

        return identities;
    }

    /** Reads a name of which colons may be part outside of quotes, as in {@code sys:secadmin}. */
    static String readName(final TokenReader reader, final String what) {
        final StringBuilder name = new StringBuilder(reader.expectIdentifier(what));
        while (reader.acceptSymbol(':')) {
            name.append(':').append(reader.expectIdentifier(what));
        }

        return name.toString();
    }

    /** The name that PostgreSQL has for it, for SQL. */
    String quoted() {
        return switch (kind) {
            case PUBLIC -> "PUBLIC";
            case ROLE -> Literals.quoteIdentifier("role:" + name);
            case USER, GROUP -> Literals.quoteIdentifier(name);
        };
    }

    /** The kind as the catalog has it. */
    String kindName() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** The name as the catalog has it. */
    String shownName() {
        return kind == Kind.PUBLIC ? "public" : name;
    }

    /** Kinds and names of identities as two arguments of a function of the catalog. */
    static String arguments(final List<Identity> identities) {
        return array(identities.stream().map(Identity::kindName).toList()) + ", " + array(identities.stream().map(Identity::shownName).toList());
    }

    /** An array of texts, for SQL. */
    static String array(final List<String> values) {
        return "ARRAY[" + String.join(", ", values.stream().map(Literals::quote).toList()) + "]::pg_catalog.text[]";
    }
}
