package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * The foreign key of a table or of a column: declared, never enforced.
 *
 * @param name null when it has none
 * @param columns empty for that of a column
 * @param targetColumns empty for the primary key of the target
 * @param end index of the token after it
 */
record TableConstraint(String name, List<String> columns, ObjectName target, List<String> targetColumns, int end) {

    /**
     * Reads {@code [CONSTRAINT name] FOREIGN KEY (columns) REFERENCES target [(columns)]}.
     *
     * @return null when a constraint of another kind begins here
     */
    static TableConstraint foreignKey(final List<Token> tokens, final int start) {
        final boolean named = tokens.get(start).isWord("CONSTRAINT");
        final int keyword = named ? start + 2 : start;
        if (keyword + 2 >= tokens.size() || !tokens.get(keyword).isWord("FOREIGN") || !tokens.get(keyword + 1).isWord("KEY")) {
            return null;
        }

        final Names columns = names(tokens, keyword + 2);
        final TableConstraint reference = references(tokens, columns.end());
        return new TableConstraint(named ? Literals.identifier(tokens.get(start + 1)) : null, columns.names(), reference.target(), reference.targetColumns(), reference.end());
    }

    /** Reads {@code REFERENCES target [(columns)]}. */
    static TableConstraint references(final List<Token> tokens, final int start) {
        if (start >= tokens.size() || !tokens.get(start).isWord("REFERENCES")) {
            throw SqlError.syntax("syntax error in FOREIGN KEY: REFERENCES is missing");
        }

        final ObjectName target = ObjectName.read(tokens, start + 1, "REFERENCES");
        final boolean listed = target.end() < tokens.size() && tokens.get(target.end()).isSymbol('(');
        final Names columns = listed ? names(tokens, target.end()) : new Names(List.of(), target.end());
        return new TableConstraint(null, List.of(), target, columns.names(), columns.end());
    }

    /** Reads names in parentheses. */
    static Names names(final List<Token> tokens, final int open) {
        final List<String> names = new ArrayList<>();
        int position = open;
        do {
            position++;
            if (position >= tokens.size() || !tokens.get(position).isIdentifier() || !tokens.get(position - 1).isSymbol(names.isEmpty() ? '(' : ',')) {
                throw SqlError.syntax("syntax error: a list of columns in parentheses is missing");
            }

            names.add(Literals.identifier(tokens.get(position)));
            position++;
        } while (position < tokens.size() && tokens.get(position).isSymbol(','));

        if (position >= tokens.size() || !tokens.get(position).isSymbol(')')) {
            throw SqlError.syntax("syntax error: a list of columns is not closed");
        }

        return new Names(names, position + 1);
    }

    /**
     * Names in parentheses.
     *
     * @param end index of the token after them
     */
    record Names(List<String> names, int end) {
    }
}
