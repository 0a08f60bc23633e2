package io.github.unloadcopy.redshift;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SqlTextTest {
    @Property
    void aLiteralReadsTheSameUnderEverySetting(@ForAll @CharRange(from = 'a', to = 'c') @Chars({'\'', '"', ';', '-', '$', '\n', 'é', ' '}) final String value, @ForAll final String rest) {
        final String literal = SqlText.literal(value);

        for (final boolean escapes : new boolean[] {false, true}) {
            final List<SqlToken> tokens = SqlToken.read("A " + literal + " B", escapes);

            assertEquals(List.of(new SqlToken('w', "A"), new SqlToken('\'', value), new SqlToken('w', "B")), tokens);
        }

        if (rest.indexOf('\\') < 0 && rest.indexOf('\0') < 0) {
            assertEquals(List.of(new SqlToken('\'', rest)), SqlToken.read(SqlText.literal(rest), true));
        }
    }

    @Property
    void anIdentifierIsOneToken(@ForAll @NotEmpty @StringLength(max = 20) @CharRange(from = 'a', to = 'c') @Chars({'\'', '"', '\\', ';', '-', '.', '\n', 'é', ' '}) final String name) {
        for (final boolean escapes : new boolean[] {false, true}) {
            assertEquals(List.of(new SqlToken('w', "A"), new SqlToken('"', name), new SqlToken('w', "B")), SqlToken.read("A " + SqlText.identifier(name) + " B", escapes));
        }
    }

    @Property
    void anIdentifierSurvivesInsideALiteral(@ForAll @NotEmpty @StringLength(max = 20) @CharRange(from = 'a', to = 'c') @Chars({'\'', '"', ';', ' '}) final String name) {
        for (final boolean escapes : new boolean[] {false, true}) {
            final String query = SqlToken.read(SqlText.literal("SELECT " + SqlText.identifier(name)), escapes).getFirst().value();

            assertEquals(new SqlToken('"', name), SqlToken.read(query, escapes).getLast());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret\\", "secret\\'; DROP TABLE x; --", "secret\0"})
    void refusesWhatReadsInTwoWays(final String value) {
        final IllegalArgumentException failure = assertThrows(IllegalArgumentException.class, () -> SqlText.literal(value));

        assertFalse(failure.getMessage().contains("secret"), failure.getMessage());
    }

    @Test
    void refusesHalfACharacter() {
        assertThrows(IllegalArgumentException.class, () -> SqlText.literal("a\ud800b"));
        assertThrows(IllegalArgumentException.class, () -> SqlText.identifier("a\udc00"));
        assertEquals("'\ud83d\ude00'", SqlText.literal("\ud83d\ude00"));
    }

    @Test
    void refusesNamesThatCannotExist() {
        assertThrows(IllegalArgumentException.class, () -> SqlText.identifier(""));
        assertThrows(IllegalArgumentException.class, () -> SqlText.identifier("a\0"));
        assertThrows(IllegalArgumentException.class, () -> SqlText.identifier("é".repeat(64)));
        assertEquals(129, SqlText.identifier("a".repeat(127)).length());
    }

    @Test
    void quotesBothPartsOfATable() {
        assertEquals("\"My Schema\".\"say \"\"x\"\".y\"", SqlText.table(new TableName("My Schema", "say \"x\".y")));
        assertEquals("\"a\", \"b,c\"", SqlText.columns(List.of("a", "b,c")));
    }
}
