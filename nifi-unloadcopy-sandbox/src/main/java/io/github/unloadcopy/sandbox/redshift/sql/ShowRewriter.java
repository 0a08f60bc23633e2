package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * SHOW of objects, as queries of the sandbox's catalog. Rules: pages SHOW TABLE, SHOW VIEW, SHOW DATABASES, SHOW SCHEMAS, SHOW TABLES, SHOW COLUMNS and
 * SHOW CONSTRAINTS of the Redshift Database Developer Guide.
 */
final class ShowRewriter implements StatementRewriter {

    private static final String COMMAND = "SHOW";
    private static final int MOST_ROWS = 10_000;

    @Override
    public String rewrite(final List<Token> tokens) {
        if (tokens.size() < 2 || !tokens.get(0).isWord(COMMAND)) {
            return null;
        }

        final TokenReader reader = new TokenReader(COMMAND, tokens.subList(2, tokens.size()));
        return switch (tokens.get(1).upper()) {
            case "TABLE" -> definition(tokens, "pg_internal.show_table", "Show Table DDL statement");
            case "VIEW" -> definition(tokens, "pg_internal.show_view", "Show View DDL statement");
            case "DATABASES" -> "SELECT database_name, database_owner, database_type, database_acl, NULL::text AS parameters, database_isolation_level FROM pg_catalog.svv_redshift_databases"
                    + " WHERE true" + end(reader, "database_name", "1");
            case "SCHEMAS" -> "SELECT database_name, schema_name, schema_owner, schema_type, schema_acl, source_database, schema_option FROM pg_internal.shown_schema WHERE database_name = "
                    + database(reader) + end(reader, "schema_name", "2");
            case "TABLES" -> tables(reader);
            case "COLUMNS" -> columns(reader);
            case "CONSTRAINTS" -> constraints(reader);
            case "GRANTS", "PROCEDURES", "FUNCTIONS", "PARAMETERS", "COLUMN", "DATASHARES", "MODEL", "EXTERNAL", "PROCEDURE", "POLICIES" ->
                throw SqlError.notSupported("SHOW " + tokens.get(1).upper() + " is not supported by the sandbox");
            default -> null;
        };
    }

    private static String definition(final List<Token> tokens, final String function, final String label) {
        final ObjectName name = ObjectName.read(tokens, 2, COMMAND);
        if (name.end() < tokens.size()) {
            throw SqlError.syntax("syntax error at or near \"" + tokens.get(name.end()).source() + '"');
        }

        return "SELECT " + function + "(" + Literals.quote(name.quoted()) + ") AS \"" + label + '"';
    }

    private static String database(final TokenReader reader) {
        reader.expectWord("FROM");
        reader.expectWord("DATABASE");
        return operand(reader, "a database");
    }

    private static String tables(final TokenReader reader) {
        reader.expectWord("FROM");
        reader.expectWord("SCHEMA");
        final String where = qualified(reader, "database_name", "schema_name");
        return "SELECT database_name, schema_name, table_name, table_type, table_acl, remarks, owner, last_altered_time, last_modified_time, dist_style, table_subtype"
                + " FROM pg_internal.shown_table WHERE " + where + end(reader, "table_name", "3");
    }

    private static String columns(final TokenReader reader) {
        reader.expectWord("FROM");
        reader.expectWord("TABLE");
        final String where = qualified(reader, "database_name", "schema_name", "table_name");
        return "SELECT database_name, schema_name, table_name, column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length, "
                + "numeric_precision, numeric_scale, remarks, sort_key_type, sort_key, dist_key, encoding, \"collation\" FROM pg_internal.shown_column WHERE " + where
                + end(reader, "column_name", "5");
    }

    private static String constraints(final TokenReader reader) {
        final boolean primary = reader.acceptWord("PRIMARY");
        if (!primary) {
            reader.expectWord("FOREIGN");
        }

        reader.expectWord("KEYS");
        final boolean exported = !primary && reader.acceptWord("EXPORTED");
        reader.expectWord("FROM");
        reader.expectWord("TABLE");
        final List<String> name = name(reader, 3);
        final String arguments = (name.size() == 3 ? "" : "pg_catalog.current_database(), ") + String.join(", ", name);
        final String source = primary ? "pg_internal.show_primary_keys(" + arguments + ")" : "pg_internal.show_foreign_keys(" + arguments + ", " + exported + ")";
        return "SELECT * FROM " + source + limit(reader);
    }

    /** Reads a name of as many parts as there are columns, or of one part less when it begins with the schema. */
    private static String qualified(final TokenReader reader, final String... columns) {
        final List<String> parts = name(reader, columns.length);
        final StringBuilder where = new StringBuilder("true");
        for (int index = 0; index < parts.size(); index++) {
            where.append(" AND ").append(columns[columns.length - parts.size() + index]).append(" = ").append(parts.get(index));
        }

        return where.toString();
    }

    /** Reads a name of {@code most} parts, or of one less. */
    private static List<String> name(final TokenReader reader, final int most) {
        final List<String> parts = new ArrayList<>();
        do {
            if (parts.size() == most) {
                throw reader.unexpected("the end of the name");
            }

            parts.add(operand(reader, "a name"));
        } while (reader.acceptSymbol('.'));

        if (parts.size() < most - 1) {
            throw reader.unexpected("the rest of the name");
        }

        return parts;
    }

    /** A name, or a parameter in its place, as the driver prepares these statements. */
    private static String operand(final TokenReader reader, final String what) {
        final boolean isParameter = !reader.atEnd() && reader.peek().kind() == Token.Kind.PARAMETER;
        return isParameter ? reader.next().source() + "::pg_catalog.varchar" : Literals.quote(reader.expectIdentifier(what));
    }

    private static String end(final TokenReader reader, final String column, final String order) {
        final String like = reader.acceptWord("LIKE") ? " AND " + column + " LIKE " + pattern(reader) : "";
        return like + " ORDER BY " + order + limit(reader);
    }

    private static String pattern(final TokenReader reader) {
        final boolean isParameter = !reader.atEnd() && reader.peek().kind() == Token.Kind.PARAMETER;
        return isParameter ? operand(reader, "LIKE") : Literals.quote(reader.expectString("LIKE"));
    }

    private static String limit(final TokenReader reader) {
        String limit = "";
        if (reader.acceptWord("LIMIT")) {
            final long rows = reader.expectNumber("LIMIT");
            if (rows > MOST_ROWS) {
                throw new SqlError(SqlError.INVALID_VALUE, "LIMIT of SHOW may be 0 to " + MOST_ROWS);
            }

            limit = " LIMIT " + rows;
        }

        if (!reader.atEnd()) {
            throw reader.unexpected("nothing more");
        }

        return limit;
    }
}
