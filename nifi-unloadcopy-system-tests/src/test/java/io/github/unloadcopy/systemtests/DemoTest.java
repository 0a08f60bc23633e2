package io.github.unloadcopy.systemtests;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DemoTest {
    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void explainsItself() {
        assertEquals(0, run("--help"));
        assertTrue(output.toString().contains("--encryption=MODE"), output.toString());
        assertTrue(output.toString().contains("client-side, sse-kms"), output.toString());
        assertTrue(output.toString().contains("0.01"), output.toString());
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertEquals(2, run("--encryption", "none"));
        assertTrue(errors.toString().contains("'none' is neither sse-kms nor client-side"), errors.toString());
        assertEquals(2, run("--sclae", "1"));
    }

    @Test
    void refusesScalesThatAreNone() {
        assertEquals(2, run("--scale", "0"));
        assertEquals(2, run("--scale", "-1"));
        assertEquals(2, run("--scale", "NaN"));
        assertEquals(2, run("--scale", "101"));
        assertTrue(errors.toString().contains("--scale must be above 0 and at most 100, not 101"), errors.toString());
    }

    private int run(final String... arguments) {
        return new CommandLine(new Demo()).setOut(new PrintWriter(output)).setErr(new PrintWriter(errors)).execute(arguments);
    }
}
