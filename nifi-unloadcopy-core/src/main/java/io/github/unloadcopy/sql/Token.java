package io.github.unloadcopy.sql;

/**
 * One token of SQL: a word, a name in double quotes, a literal, a number, or one other character. Operators of several characters are several tokens without a gap.
 *
 * @param kind what it is
 * @param text as it stands in the text, quotes included
 * @param gap what stands before it; comments count as white space
 * @param start index of its first character
 * @param end index behind its last one
 */
public record Token(Kind kind, String text, Gap gap, int start, int end) {
    /** A token that does not come from a text. */
    public static Token of(final Kind kind, final String text, final Gap gap) {
        return new Token(kind, text, gap, 0, 0);
    }

    /** Whether it is a word without quotes, in any case. */
    public boolean isWord(final String word) {
        return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }

    /** Whether it is the given character, outside of quotes. */
    public boolean isSymbol(final char symbol) {
        return kind == Kind.SYMBOL && text.charAt(0) == symbol;
    }

    /** Whether it can name something: a word or a name in double quotes. */
    public boolean isName() {
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }

    /** The text without quotes, doubled quotes inside resolved; that of a word or number as it is. */
    public String value() {
        return switch (kind) {
            case QUOTED -> text.substring(1, text.length() - 1).replace("\"\"", "\"");
            case LITERAL -> text.substring(1, text.length() - 1).replace("''", "'");
            case WORD, NUMBER, SYMBOL -> text;
        };
    }

    /** What a token can be. */
    public enum Kind {
        WORD, QUOTED, LITERAL, NUMBER, SYMBOL
    }

    /** What stands before a token. A line break is told apart: literals on two lines are one (SQL standard), on one line an error. */
    public enum Gap {
        NONE(""), SPACE(" "), LINE("\n");

        private final String text;

        Gap(final String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }
}
