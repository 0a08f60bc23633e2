package io.github.unloadcopy.config;

import io.github.unloadcopy.redshift.SqlText;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The field unloadStatement of the original utility: an UNLOAD in which the original replaced names in braces. Its SELECT is what people wrote it for, and is taken; what stands around it is
 * written by this project, with the same options, so credentials and keys never meet text from a file.
 *
 * @param select the SELECT, unquoted, with its names in braces
 */
record UnloadTemplate(String select) {
    private static final Pattern STATEMENT = Pattern.compile("\\s*unload\\s*\\(\\s*'((?:[^'\\\\]++|''|\\\\.)*+)'\\s*\\)\\s*(.*?);?\\s*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    /** What the original's own statement has, and this project's as well, in whatever order. */
    private static final Pattern OPTION = Pattern.compile("to\\s+'\\{dataStagingPath}[^'{}]*'"
            + "|(?:with\\s+)?credentials\\s+(?:as\\s+)?'\\{s3_access_credentials};master_symmetric_key=\\{master_symmetric_key}'"
            + "|manifest|encrypted|gzip|addquotes|escape|allowoverwrite|delimiter\\s+(?:as\\s+)?'\\^'|null\\s+(?:as\\s+)?'[^'{}]*'|parallel(?:\\s+(?:on|true))?", Pattern.CASE_INSENSITIVE);
    private static final Pattern WORD = Pattern.compile("\\S{1,40}");
    private static final Set<String> ELSEWHERE = Set.of("dataStagingPath", "s3_access_credentials", "master_symmetric_key", "region");

    /**
     * Reads a template.
     *
     * @param statement the field's text
     * @throws IllegalArgumentException when it is no UNLOAD, has options of its own, or names what may not be replaced; the message follows the field's name
     */
    static UnloadTemplate parse(final String statement) {
        final Matcher matcher = STATEMENT.matcher(statement);

        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not of the form unload ('SELECT …') to '{dataStagingPath}' …: write it so, with single quotes doubled inside the SELECT");
        }

        requireKnownOptions(matcher.group(2));
        final String select = matcher.group(1).replaceAll("''|\\\\'", "'");

        if (select.indexOf('\\') >= 0) {
            throw new IllegalArgumentException("has a backslash in its SELECT, which Redshift reads in two ways depending on its settings: put the SELECT into a view and unload that");
        }

        final UnloadTemplate template = new UnloadTemplate(select);
        template.query("s", "t", List.of());
        return template;
    }

    /**
     * The SELECT for one table, with its names quoted as their places demand.
     *
     * @param columns columns; empty means *
     * @throws IllegalArgumentException when a name in braces cannot be replaced
     */
    String query(final String schema, final String table, final List<String> columns) {
        final Map<String, String> names = Map.of("schema_name", schema, "schema", schema, "table_name", table, "table", table);
        final StringBuilder query = new StringBuilder();
        char quote = 0;
        int position = 0;

        while (position < select.length()) {
            final char character = select.charAt(position);

            if (character == '{' || character == '}') {
                if (select.startsWith(String.valueOf(character).repeat(2), position)) {
                    query.append(character);
                    position += 2;
                    continue;
                }

                final int end = character == '{' ? select.indexOf('}', position) : -1;

                if (end < 0) {
                    throw new IllegalArgumentException("has a brace in its SELECT that is not closed or not opened: double the braces that are meant as such");
                }

                query.append(replacement(select.substring(position + 1, end), quote, names, columns));
                position = end + 1;
                continue;
            }

            if (character == quote) {
                quote = 0;
            } else if (quote == 0 && (character == '\'' || character == '"')) {
                quote = character;
            }

            query.append(character);
            position++;
        }

        return query.toString();
    }

    private static String replacement(final String name, final char quote, final Map<String, String> names, final List<String> columns) {
        if (name.equals("columns") && quote == 0) {
            return columns.isEmpty() ? "*" : SqlText.columns(columns);
        }

        if (names.containsKey(name)) {
            return switch (quote) {
                case '"' -> names.get(name).replace("\"", "\"\"");
                case '\'' -> names.get(name).replace("'", "''");
                default -> SqlText.identifier(names.get(name));
            };
        }

        throw new IllegalArgumentException(refusal(name));
    }

    private static String refusal(final String name) {
        final String shown = name.length() > 40 ? name.substring(0, 40) + "…" : name;

        if (ELSEWHERE.contains(name)) {
            return "has {%s} in its SELECT, where no secret and no path may stand".formatted(shown);
        }

        if (name.matches(".*[.\\[\\]!:].*")) {
            return "has {%s}, which reaches into objects of the original program and could bring out a password: only {columns}, {schema_name} and {table_name} are replaced".formatted(shown);
        }

        return "has {%s}, which is not known: only {columns}, {schema_name} and {table_name} are replaced, and braces that are meant as such are doubled".formatted(shown);
    }

    private static void requireKnownOptions(final String options) {
        final Matcher matcher = OPTION.matcher(options);
        int position = 0;

        while (position < options.length()) {
            if (Character.isWhitespace(options.charAt(position))) {
                position++;
            } else if (matcher.find(position) && matcher.start() == position) {
                position = matcher.end();
            } else {
                final Matcher word = WORD.matcher(options).region(position, options.length());
                throw new IllegalArgumentException(("has an option of its own, beginning with %s: target, credentials, encryption and format are written here, as the original wrote them. "
                        + "Remove it; the SELECT is taken as it is").formatted(word.lookingAt() && word.group().matches("[A-Za-z_]+") ? word.group() : "something else"));
            }
        }
    }
}
