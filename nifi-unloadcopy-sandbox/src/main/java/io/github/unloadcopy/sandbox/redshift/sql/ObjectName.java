package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * The name of a table or view as a statement gives it.
 *
 * @param schema null when the statement names none
 * @param end index of the token after the name
 */
public record ObjectName(String schema, String name, int end) {

    private static final int LONGEST = 3;

    /**
     * Reads {@code [[database.]schema.]name}.
     *
     * @throws SqlError when there is no name at this place
     */
    public static ObjectName read(final List<Token> tokens, final int start, final String command) {
        final List<String> parts = new ArrayList<>();
        int position = start;
        while (true) {
            if (position >= tokens.size() || !tokens.get(position).isIdentifier()) {
                throw SqlError.syntax("syntax error in " + command + ": the name of a table is missing");
            }

            parts.add(Literals.identifier(tokens.get(position)));
            position++;
            if (position >= tokens.size() || !tokens.get(position).isSymbol('.')) {
                break;
            }

            position++;
        }

        if (parts.size() > LONGEST) {
            throw SqlError.syntax("improper qualified name (too many dotted names): " + String.join(".", parts));
        }

        return new ObjectName(parts.size() > 1 ? parts.get(parts.size() - 2) : null, parts.get(parts.size() - 1), position);
    }

    /** The name for SQL. */
    String quoted() {
        return (schema == null ? "" : Literals.quoteIdentifier(schema) + '.') + Literals.quoteIdentifier(name);
    }
}
