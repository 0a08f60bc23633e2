package io.github.unloadcopy.sql;

import io.github.unloadcopy.sql.Token.Kind;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TokensTest {
    @Test
    void readsEveryKind() {
        assertEquals(List.of("WORD SELECT", "QUOTED \"a\"\"b\"", "SYMBOL ,", "WORD é_x$1", "SYMBOL :", "SYMBOL :", "WORD int", "SYMBOL ,", "LITERAL 'it''s -- /*'", "SYMBOL ,", "NUMBER 1.5e-3",
                "SYMBOL -", "SYMBOL -", "NUMBER .5", "WORD date", "LITERAL '2026-01-01'", "SYMBOL ;"), texts("""
                SELECT "a""b",é_x$1::int, -- one
                'it''s -- /*', 1.5e-3 - -/* a /* nested */ ; */.5 date'2026-01-01';"""));
    }

    @Test
    void commentsAreWhiteSpace() {
        assertEquals("a - - b\n'c'\n'd' e.f", Tokens.write(Tokens.read("/* x */ a -/**/- b -- c\n'c' --\n 'd'/*\n*/e.f --")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "'a ~ quote that is not closed",
        "\"a ~ quote that is not closed",
        "'a'' ~ quote that is not closed",
        "/* /* */ ~ comment that is not closed",
        "'a\\' ~ backslash",
        "'a\\\\b' ~ backslash",
        "E'a' ~ E''",
        "e'a\\'' ~ E''",
        "U&'a' ~ U&''",
        "u&\"a\" ~ U&''",
        "$$a$$ ~ dollar",
        "$x$a$x$ ~ dollar",
        "$1 ~ dollar",
        "a\\b ~ backslash outside",
        "`a`` ` ~ U+0060",
        "1st ~ runs into a word",
        "0x1F ~ runs into a word",
        "a\"b\" ~ right behind a word"})
    void refusesWhatReadsInTwoWays(final String sql, final String reason) {
        refused(sql, reason);
    }

    @Test
    void refusesCharactersThatCannotBeSeen() {
        refused("a\u00a0b", "U+00A0");
        refused("a\u200bb", "U+200B");
        refused("a\u2003b", "U+2003");
        refused("a \u202e b", "U+202E");
        refused("a\0", "NUL");
        refused("'\ud800'", "surrogate");
        assertEquals(List.of("WORD 𝒜", "LITERAL '\u00a0'"), texts("𝒜 '\u00a0'"));
    }

    /** Whatever is read is written as the same tokens, under both settings of backslashes. */
    @Property(tries = 5_000)
    void writesTheTokensThatItRead(@ForAll("texts") final String text) {
        final List<Token> tokens;

        try {
            tokens = Tokens.read(text);
        } catch (final IllegalArgumentException e) {
            return;
        }

        final String written = Tokens.write(tokens);

        assertEquals(tokens.stream().map(Token::text).toList(), Tokens.read(written).stream().map(Token::text).toList());
        assertEquals(tokens.stream().map(Token::kind).toList(), Tokens.readWithEscapes(written).stream().map(Token::kind).toList());
        assertTrue(tokens.stream().noneMatch(token -> token.kind() == Kind.LITERAL && token.text().indexOf('\\') >= 0), written);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("'", "''", "\"", "\\", "-", "--", "/*", "*/", "/", "*", ";", "(", ")", "$", "$$", "E", "U&", "a", "1", ".", ",", " ", "\n", "\r", "\t", "\u00a0", "é", "::",
                "SELECT", "{", "}")
                .list().ofMaxSize(14).map(parts -> String.join("", parts));
    }

    private static void refused(final String sql, final String reason) {
        final IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> Tokens.read(sql));

        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    private static List<String> texts(final String sql) {
        return Tokens.read(sql).stream().map(token -> token.kind() + " " + token.text()).toList();
    }
}
