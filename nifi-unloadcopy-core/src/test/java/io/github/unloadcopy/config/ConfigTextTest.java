package io.github.unloadcopy.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConfigTextTest {
    private static final String COMMENTED = """
            // Sales, every night
            {
              "unloadSource": { // the old cluster
                "connectPwd" : "a \\"b\\u00e9\\\\",   /* quoted "oddly" */
                "clusterPort":5439,
                "tableName": "orders" // with // twice
              },
              "s3Staging": {},
              "copyTarget": {"db": "sales"} /**/
            }
            // the end
            """;

    @Test
    void textWithoutChangesStaysByteForByte() throws ConfigException {
        assertEquals(COMMENTED, edited(parse(COMMENTED)));
        assertEquals("\uFEFF{\r\n}\r\n", edited(parse("\uFEFF{\r\n}\r\n")));
    }

    @Test
    void findsValuesByPointer() throws ConfigException {
        try (ConfigText text = parse(COMMENTED)) {
            assertTrue(text.isString("/unloadSource/connectPwd"));
            assertArrayEquals("a \"bé\\".toCharArray(), text.string("/unloadSource/connectPwd"));
            assertEquals("5439", text.literal("/unloadSource/clusterPort"));
            assertFalse(text.isString("/unloadSource/clusterPort"));
            assertEquals("\"orders\"", text.literal("/unloadSource/tableName"));
            assertFalse(text.has("/copyTarget/tableName"));
            assertEquals("unloadSource.connectPwd (line 4)", text.place("/unloadSource/connectPwd"));
            assertEquals("{\"db\": \"sales\"}", text.literal("/copyTarget"));
        }
    }

    @Test
    void changesOneValueAndNothingElse() throws ConfigException {
        final ConfigText text = parse(COMMENTED);
        text.replace("/unloadSource/connectPwd", "\"AQIC\"");
        text.rename("/unloadSource/tableName", "tableNames");
        text.replace("/unloadSource/tableName", "[\"orders\"]");

        assertEquals(COMMENTED.replace("\"a \\\"b\\u00e9\\\\\"", "\"AQIC\"").replace("\"tableName\": \"orders\"", "\"tableNames\": [\"orders\"]"), edited(text));
    }

    @Test
    void addsFieldsAsTheirNeighboursAreLaidOut() throws ConfigException {
        final ConfigText text = parse(COMMENTED);
        text.add("/unloadSource", "x", "1");
        text.add("/unloadSource", "y", "true");
        text.add("/s3Staging", "region", "\"eu-west-1\"");
        text.add("/copyTarget", "z", "[]");

        assertEquals(COMMENTED
                .replace("\"tableName\": \"orders\" // with // twice", "\"tableName\": \"orders\", // with // twice\n    \"x\": 1,\n    \"y\": true")
                .replace("\"s3Staging\": {}", "\"s3Staging\": {\"region\": \"eu-west-1\"}")
                .replace("{\"db\": \"sales\"}", "{\"db\": \"sales\", \"z\": []}"), edited(text));
    }

    @Test
    void addsBehindAnArrayAndKeepsWindowsLineEnds() throws ConfigException {
        final ConfigText text = parse("{\"a\": {\r\n\t\"t\": [\"x\", {\"y\": 1}]\r\n}}");
        text.add("/a", "b", "2");

        assertEquals("{\"a\": {\r\n\t\"t\": [\"x\", {\"y\": 1}],\r\n\t\"b\": 2\r\n}}", edited(text));
    }

    @Test
    void addsALineWhereFieldsShareLines() throws ConfigException {
        final ConfigText text = parse("{\n  \"a\": {\n    \"b\": 1, \"c\": 2\n  }\n}\n");
        text.add("/a", "d", "3");

        assertEquals("{\n  \"a\": {\n    \"b\": 1, \"c\": 2,\n    \"d\": 3\n  }\n}\n", edited(text));
    }

    @Test
    void commentsGoWithTheirLines() throws ConfigException {
        final ConfigText text = parse(COMMENTED);

        assertEquals("""
                {
                  "unloadSource": {
                    "connectPwd" : "a \\"b\\u00e9\\\\",
                    "clusterPort":5439,
                    "tableName": "orders"
                  },
                  "s3Staging": {},
                  "copyTarget": {"db": "sales"}
                }
                """, new String(text.bytesWithoutComments(), StandardCharsets.UTF_8));
        assertEquals("{\"a\":\"//\"}", new String(parse("/* 1 */{\"a\":/***/\"//\"}// 2").bytesWithoutComments(), StandardCharsets.UTF_8));
    }

    @Test
    void saysWhereItIsNotJsonAndQuotesNothing() {
        requireProblem("{\"connectPwd\": \"hunter2\" \"x\"}", "Line 1, column");
        requireProblem("{\"connectPwd\": \"hunter2", "ends too early");
        requireProblem("[\"hunter2\"]", "is not a JSON object");
        requireProblem("", "is not a JSON object");
        requireProblem("{} \n\"hunter2\"", "Line 2: text follows");
        requireProblem("{\"a\": 1, \"a\": \"hunter2\"}", "is given twice");
        assertThrows(ConfigException.class, () -> ConfigText.parse(new byte[] {'{', (byte) 0xE9, '}'}));
    }

    @Test
    void namesNoValueInItsTextForm() throws ConfigException {
        assertEquals("ConfigText[2 values]", parse("{\"connectPwd\": \"hunter2\"}").toString());
    }

    @Property(tries = 200)
    void anyTextIsFoundAndReplaced(@ForAll final String value, @ForAll final String neighbour) throws Exception {
        final ObjectMapper json = new ObjectMapper();
        final String name = "n" + Integer.toHexString(neighbour.hashCode());
        final String document = "{\"a\": {\"" + name + "\": " + json.writeValueAsString(readable(neighbour)) + ", \"p\": " + json.writeValueAsString(readable(value)) + "}}";
        final ConfigText text = parse(document);

        assertEquals(readable(value), new String(text.string("/a/p")));
        text.replace("/a/p", "true");
        final String result = edited(text);
        assertEquals(readable(neighbour), json.readTree(result).at("/a/" + name).textValue());
        assertTrue(json.readTree(result).at("/a/p").booleanValue());
    }

    /** Halves of surrogate pairs have no UTF-8. */
    private static String readable(final String any) {
        return any.codePoints().filter(point -> point < 0xD800 || point > 0xDFFF).mapToObj(Character::toString).collect(Collectors.joining());
    }

    private static void requireProblem(final String document, final String part) {
        final ConfigException failure = assertThrows(ConfigException.class, () -> parse(document));
        assertTrue(failure.getMessage().contains(part), failure.getMessage());
        assertFalse(failure.getMessage().contains("hunter2"), failure.getMessage());
    }

    private static ConfigText parse(final String text) throws ConfigException {
        return ConfigText.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String edited(final ConfigText text) {
        return new String(text.bytes(), StandardCharsets.UTF_8);
    }
}
