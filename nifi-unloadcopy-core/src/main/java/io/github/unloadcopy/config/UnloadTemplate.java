package io.github.unloadcopy.config;

import io.github.unloadcopy.redshift.Selection;
import io.github.unloadcopy.redshift.SelectList;
import io.github.unloadcopy.redshift.SqlText;
import io.github.unloadcopy.redshift.TableName;
import io.github.unloadcopy.sql.Token;
import io.github.unloadcopy.sql.Token.Gap;
import io.github.unloadcopy.sql.Token.Kind;
import io.github.unloadcopy.sql.Tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The field unloadStatement of the original utility: an UNLOAD in which the original replaced names in braces. Its SELECT is what people wrote it for, and is taken; what stands around it is
 * written by this project, with the same options, so credentials and keys never meet text from a file.
 *
 * @param select the SELECT, unquoted, with its names in braces
 */
record UnloadTemplate(String select) {
    private static final String FORM = "is not of the form unload ('SELECT …') to '{dataStagingPath}' …: write it so, with single quotes doubled inside the SELECT";
    private static final Set<String> FLAGS = Set.of("MANIFEST", "ENCRYPTED", "GZIP", "ADDQUOTES", "ESCAPE", "ALLOWOVERWRITE");
    private static final Set<String> ELSEWHERE = Set.of("dataStagingPath", "s3_access_credentials", "master_symmetric_key", "region");

    /**
     * Reads a template.
     *
     * @param statement the field's text
     * @throws IllegalArgumentException when it is no UNLOAD of one SELECT, has options of its own, or names what may not be replaced; the message follows the field's name
     */
    static UnloadTemplate parse(final String statement) {
        List<Token> tokens = Tokens.readWithEscapes(statement);

        while (!tokens.isEmpty() && tokens.getLast().isSymbol(';')) {
            tokens = tokens.subList(0, tokens.size() - 1);
        }

        if (tokens.size() < 4 || !tokens.get(0).isWord("UNLOAD") || !tokens.get(1).isSymbol('(') || tokens.get(2).kind() != Kind.LITERAL || !tokens.get(3).isSymbol(')')) {
            throw new IllegalArgumentException(FORM);
        }

        requireKnownOptions(tokens.subList(4, tokens.size()));
        final String literal = tokens.get(2).text();
        final UnloadTemplate template = new UnloadTemplate(literal.substring(1, literal.length() - 1).replaceAll("''|\\\\'", "'"));
        template.query(new TableName("s", "t"), new SelectList(List.of()));
        return template;
    }

    /**
     * The SELECT for one table, with its names quoted as their places demand.
     *
     * @param table the table to unload
     * @param columns its columns
     * @throws IllegalArgumentException when a name in braces cannot be replaced, or the outcome is not one SELECT; the message follows the field's name
     */
    String query(final TableName table, final SelectList columns) {
        final Map<String, String> names = Map.of("schema_name", table.schema(), "schema", table.schema(), "table_name", table.table(), "table", table.table());
        final List<Token> tokens = Tokens.read(select);
        final List<Token> query = new ArrayList<>();

        for (int index = 0; index < tokens.size(); index++) {
            final Token token = tokens.get(index);

            if (token.isSymbol('{') || token.isSymbol('}')) {
                final int end = closing(tokens, index);
                final String name = select.substring(token.end(), tokens.get(end).start());
                requireSeparate(tokens, index, end);
                query.addAll(replacement(name, token.gap(), names, columns));
                index = end;
            } else if (token.kind() == Kind.QUOTED || token.kind() == Kind.LITERAL) {
                query.add(Token.of(token.kind(), replacedInside(token.text(), names), token.gap()));
            } else {
                query.add(token);
            }
        }

        return Selection.query(Tokens.write(query));
    }

    private static int closing(final List<Token> tokens, final int open) {
        final boolean doubled = open + 1 < tokens.size() && tokens.get(open + 1).isSymbol(tokens.get(open).text().charAt(0));

        for (int index = open; index < tokens.size() && tokens.get(open).isSymbol('{') && !doubled; index++) {
            if (tokens.get(index).isSymbol('}')) {
                return index;
            }
        }

        throw brace();
    }

    private static IllegalArgumentException brace() {
        return new IllegalArgumentException("has a brace in its SELECT that is not closed or not opened: double the braces that are meant as such, which can stand in quotes only");
    }

    /** What is put in is quoted, so it cannot be a part of a longer name. */
    private static void requireSeparate(final List<Token> tokens, final int open, final int end) {
        final boolean before = open > 0 && tokens.get(open).gap() == Gap.NONE && !isSymbol(tokens.get(open - 1));
        final boolean behind = end + 1 < tokens.size() && tokens.get(end + 1).gap() == Gap.NONE && !isSymbol(tokens.get(end + 1));

        if (before || behind) {
            throw new IllegalArgumentException("has a name in braces that touches another word: put both into one pair of double quotes");
        }
    }

    private static boolean isSymbol(final Token token) {
        return token.kind() == Kind.SYMBOL;
    }

    private static List<Token> replacement(final String name, final Gap gap, final Map<String, String> names, final SelectList columns) {
        if (!name.equals("columns") && !names.containsKey(name)) {
            throw new IllegalArgumentException(refusal(name));
        }

        final List<Token> tokens = new ArrayList<>(Tokens.read(name.equals("columns") ? columns.sql() : SqlText.identifier(names.get(name))));
        tokens.set(0, Token.of(tokens.getFirst().kind(), tokens.getFirst().text(), gap));
        return tokens;
    }

    /** The text of a name or literal, with names in braces replaced and doubled braces made single. */
    private static String replacedInside(final String text, final Map<String, String> names) {
        final String quote = text.substring(0, 1);
        final StringBuilder replaced = new StringBuilder();
        int position = 0;

        while (position < text.length()) {
            final char character = text.charAt(position);

            if (character != '{' && character != '}') {
                replaced.append(character);
                position++;
            } else if (text.startsWith(String.valueOf(character).repeat(2), position)) {
                replaced.append(character);
                position += 2;
            } else {
                final int end = character == '{' ? text.indexOf('}', position) : -1;

                if (end < 0) {
                    throw brace();
                }

                final String name = text.substring(position + 1, end);

                if (!names.containsKey(name)) {
                    throw new IllegalArgumentException(refusal(name));
                }

                replaced.append(names.get(name).replace(quote, quote.repeat(2)));
                position = end + 1;
            }
        }

        return replaced.toString();
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

    /** What the original's own statement has, and this project's as well, in whatever order. */
    private static void requireKnownOptions(final List<Token> options) {
        int index = 0;

        while (index < options.size()) {
            final int length = option(options.subList(index, options.size()));

            if (length == 0) {
                final Token first = options.get(index);
                throw new IllegalArgumentException(("has an option of its own, beginning with %s: target, credentials, encryption and format are written here, as the original wrote them. "
                        + "Remove it; the SELECT is taken as it is").formatted(first.kind() == Kind.WORD && first.text().length() <= 40 ? first.text() : "something else"));
            }

            index += length;
        }
    }

    /** How many tokens the known option has that the tokens begin with; 0 when there is none. */
    private static int option(final List<Token> tokens) {
        final Token first = tokens.getFirst();

        if (FLAGS.stream().anyMatch(first::isWord)) {
            return 1;
        }

        if (first.isWord("PARALLEL")) {
            return tokens.size() > 1 && (tokens.get(1).isWord("ON") || tokens.get(1).isWord("TRUE")) ? 2 : 1;
        }

        if (first.isWord("WITH")) {
            final int length = option(tokens, 1, "CREDENTIALS", UnloadTemplate::isCredentials);
            return length == 0 ? 0 : length + 1;
        }

        final int credentials = option(tokens, 0, "CREDENTIALS", UnloadTemplate::isCredentials);
        final int delimiter = credentials > 0 ? credentials : option(tokens, 0, "DELIMITER", "^"::equals);
        final int nullAs = delimiter > 0 ? delimiter : option(tokens, 0, "NULL", value -> !value.matches("(?s).*[{}].*"));
        return nullAs > 0 ? nullAs : option(tokens, 0, "TO", value -> value.matches("(?s)\\{dataStagingPath}[^{}]*"));
    }

    private static boolean isCredentials(final String value) {
        return value.equals("{s3_access_credentials};master_symmetric_key={master_symmetric_key}");
    }

    private static int option(final List<Token> tokens, final int start, final String word, final Predicate<String> value) {
        if (tokens.size() <= start || !tokens.get(start).isWord(word)) {
            return 0;
        }

        final int literal = start + 1 < tokens.size() && tokens.get(start + 1).isWord("AS") ? start + 2 : start + 1;
        return literal < tokens.size() && tokens.get(literal).kind() == Kind.LITERAL && value.test(tokens.get(literal).value()) ? literal + 1 - start : 0;
    }
}
