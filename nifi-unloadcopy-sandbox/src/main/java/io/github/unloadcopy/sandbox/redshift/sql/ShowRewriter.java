package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * SHOW of objects, as queries of the sandbox's catalog. Rules: pages SHOW TABLE, SHOW VIEW, SHOW DATABASES, SHOW SCHEMAS, SHOW TABLES and SHOW COLUMNS of the Redshift Database Developer Guide.
 */
final class ShowRewriter implements StatementRewriter {

    private static final String COMMAND = "SHOW";

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
                    + " WHERE true" + like(reader, "database_name") + " ORDER BY 1";
            case "SCHEMAS" -> "SELECT database_name, schema_name, schema_owner, schema_type, schema_acl, source_database, schema_option FROM pg_catalog.svv_all_schemas WHERE database_name = "
                    + database(reader) + like(reader, "schema_name") + " ORDER BY 2";
            case "TABLES" -> tables(reader);
            case "COLUMNS" -> columns(reader);
            case "CONSTRAINTS", "GRANTS", "PROCEDURES", "FUNCTIONS", "PARAMETERS", "COLUMN", "DATASHARES", "MODEL", "EXTERNAL", "PROCEDURE", "POLICIES" ->
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
        return Literals.quote(reader.expectIdentifier("a database"));
    }

    private static String tables(final TokenReader reader) {
        reader.expectWord("FROM");
        reader.expectWord("SCHEMA");
        final String where = qualified(reader, "database_name", "schema_name");
        return "SELECT database_name, schema_name, table_name, table_type, table_acl, remarks FROM pg_catalog.svv_all_tables WHERE " + where + like(reader, "table_name") + " ORDER BY 3";
    }

    private static String columns(final TokenReader reader) {
        reader.expectWord("FROM");
        reader.expectWord("TABLE");
        final String where = qualified(reader, "database_name", "schema_name", "table_name");
        return "SELECT database_name, schema_name, table_name, column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length, "
                + "numeric_precision, numeric_scale, remarks FROM pg_catalog.svv_all_columns WHERE " + where + like(reader, "column_name") + " ORDER BY 5";
    }

    /** Reads a name of as many parts as there are columns, or of one part less when it begins with the schema. */
    private static String qualified(final TokenReader reader, final String... columns) {
        final String[] parts = new String[columns.length];
        int count = 0;
        do {
            if (count == parts.length) {
                throw reader.unexpected("the end of the name");
            }

            parts[count] = reader.expectIdentifier("a name");
            count++;
        } while (reader.acceptSymbol('.'));

        if (count < columns.length - 1) {
            throw reader.unexpected("the rest of the name");
        }

        final StringBuilder where = new StringBuilder("true");
        for (int index = 0; index < count; index++) {
            where.append(" AND ").append(columns[columns.length - count + index]).append(" = ").append(Literals.quote(parts[index]));
        }

        return where.toString();
    }

    private static String like(final TokenReader reader, final String column) {
        final String where = reader.acceptWord("LIKE") ? " AND " + column + " LIKE " + Literals.quote(reader.expectString("LIKE")) : "";
        if (!reader.atEnd()) {
            throw reader.unexpected("nothing more");
        }

        return where;
    }
}
