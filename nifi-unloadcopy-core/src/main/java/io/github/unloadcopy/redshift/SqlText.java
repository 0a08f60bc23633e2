package io.github.unloadcopy.redshift;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The one place where names and values become SQL text. */
public final class SqlText {
    /** Database Developer Guide, "Names and identifiers": at most 127 bytes in UTF-8. */
    private static final int LONGEST_IDENTIFIER = 127;

    private SqlText() {
    }

    /**
     * A name in double quotes, inner ones doubled. Backslashes mean nothing inside such quotes.
     *
     * @param name name of a schema, table or column
     * @return the quoted name
     * @throws IllegalArgumentException when no such name can exist: empty, longer than 127 bytes, or with a NUL
     */
    public static String identifier(final String name) {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("A name is empty");
        }

        requireText(name, "name");

        if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_IDENTIFIER) {
            throw new IllegalArgumentException("The name \"%s\" is longer than the %d bytes that Redshift allows".formatted(name, LONGEST_IDENTIFIER));
        }

        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /**
     * A value in single quotes, inner ones doubled. Whether a backslash in such quotes is itself or an escape depends on standard_conforming_strings, which clusters, PostgreSQL and
     * nested queries do not agree on. No spelling of it reads the same both ways, so it is refused: nothing that this project writes into statements needs one.
     *
     * @param value the value
     * @return the quoted value
     * @throws IllegalArgumentException when it holds a backslash or a NUL; the message does not quote it
     */
    public static String literal(final String value) {
        if (value == null) {
            throw new IllegalArgumentException("A value is missing");
        }

        requireText(value, "value");

        if (value.indexOf('\\') >= 0) {
            throw new IllegalArgumentException("A value or name holds a backslash, which Redshift reads in two ways depending on its settings: "
                    + "rename the column or table, load it through a view, or choose another path");
        }

        return "'" + value.replace("'", "''") + "'";
    }

    /**
     * A table's name, schema first, both quoted.
     *
     * @param table the table
     * @return "schema"."table"
     * @throws IllegalArgumentException as {@link #identifier(String)}
     */
    public static String table(final TableName table) {
        return identifier(table.schema()) + "." + identifier(table.table());
    }

    /**
     * Quoted names, separated by commas.
     *
     * @param columns names of columns
     * @return "a", "b"
     * @throws IllegalArgumentException as {@link #identifier(String)}
     */
    public static String columns(final List<String> columns) {
        return columns.stream().map(SqlText::identifier).collect(Collectors.joining(", "));
    }

    private static void requireText(final String text, final String kind) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A %s holds a NUL character, which no statement can carry".formatted(kind));
        }

        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("A %s holds half a surrogate pair, which is no character".formatted(kind));
        }
    }
}
