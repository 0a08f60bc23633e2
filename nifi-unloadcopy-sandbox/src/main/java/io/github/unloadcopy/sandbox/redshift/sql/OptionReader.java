package io.github.unloadcopy.sandbox.redshift.sql;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads the parameters of one statement, in whatever order they come, as a table of parameters has them.
 */
final class OptionReader {

    static final long MEGABYTE = 1024L * 1024;

    private final ParameterTable table;
    private final TokenReader reader;
    private final OptionSet options;

    OptionReader(final ParameterTable table, final TokenReader reader) {
        this.table = table;
        this.reader = reader;
        this.options = new OptionSet(table);
    }

    /**
     * Reads to the statement's end.
     *
     * @throws SqlError for what is no parameter, or has not the value that it needs
     */
    OptionSet readAll() {
        while (!reader.atEnd()) {
            readOne();
        }

        return options;
    }

    private void readOne() {
        final Token token = reader.peek();
        if (token.kind() != Token.Kind.WORD) {
            throw reader.unexpected("an option");
        }

        String keyword = token.upper();
        boolean formatOnly = false;
        if (keyword.equals("FORMAT") || keyword.equals("AS")) {
            reader.next();
            formatOnly = true;
            if (keyword.equals("FORMAT")) {
                reader.acceptWord("AS");
            }

            keyword = reader.peekKeyword();
        } else if (keyword.equals("WITH")) {
            reader.next();
            keyword = reader.peekWord("CREDENTIALS") ? "CREDENTIALS" : "";
        }

        final Parameter parameter = table.startingWith(keyword);
        if (parameter == null || formatOnly && !parameter.format()) {
            throw reader.unexpected(formatOnly ? "a format" : "an option that it has");
        }

        reader.next();
        read(parameter);
    }

    private void read(final Parameter parameter) {
        options.put(parameter.name(), argument(parameter));
        final Parameter next = table.following(parameter.name(), reader.peekKeyword());
        if (next != null) {
            reader.next();
            read(next);
        }
    }

    private Object argument(final Parameter parameter) {
        final String name = parameter.name();
        if (name.endsWith(" AS")) {
            reader.acceptWord("AS");
        }

        return switch (parameter.argument()) {
            case NONE -> Boolean.TRUE;
            case TEXT -> reader.expectString(name);
            case OPTIONAL_TEXT -> optionalText();
            case SECRET -> new Secret(reader.expectString(name));
            case NUMBER -> number(name);
            case SIZE -> size(name);
            case SWITCH -> switched(Set.of());
            case PRESET_SWITCH -> switched(Set.of("PRESET"));
            case ROLE -> reader.acceptWord("DEFAULT") ? AuthorizationReader.DEFAULT_ROLE : reader.expectString(name);
            case WORD -> word(name);
            case COLUMNS -> columns();
            case REST -> rest(name);
        };
    }

    private Object optionalText() {
        if (reader.acceptWord("AS") || reader.peekString()) {
            return reader.expectString("the option");
        }

        return Boolean.TRUE;
    }

    private Long number(final String name) {
        reader.acceptWord("AS");
        return reader.expectNumber(name);
    }

    private Long size(final String name) {
        reader.acceptWord("AS");
        final BigDecimal amount = reader.expectDecimal(name);
        final boolean gigabytes = reader.acceptWord("GB");
        if (!gigabytes) {
            reader.acceptWord("MB");
        }

        // As many as fit; ranges are checked where they are known.
        return amount.multiply(BigDecimal.valueOf(gigabytes ? 1024 * MEGABYTE : MEGABYTE)).min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue();
    }

    private Boolean switched(final Set<String> more) {
        final String keyword = reader.peekKeyword();
        final boolean off = keyword.equals("OFF") || keyword.equals("FALSE");
        if (off || keyword.equals("ON") || keyword.equals("TRUE") || more.contains(keyword)) {
            reader.next();
        }

        return !off;
    }

    private String word(final String name) {
        reader.acceptWord("AS");
        return reader.peekKeyword().isEmpty() ? reader.expectString(name) : reader.next().source();
    }

    private List<String> columns() {
        reader.expectWord("BY");
        reader.expectSymbol('(');
        final List<String> columns = new ArrayList<>();
        do {
            columns.add(reader.expectIdentifier("a column"));
        } while (reader.acceptSymbol(','));

        reader.expectSymbol(')');
        return columns;
    }

    private Object rest(final String name) {
        if (name.indexOf(' ') >= 0) {
            reader.expectWord(name.substring(name.indexOf(' ') + 1));
        }

        while (!reader.atEnd()) {
            reader.next();
        }

        return Boolean.TRUE;
    }
}
