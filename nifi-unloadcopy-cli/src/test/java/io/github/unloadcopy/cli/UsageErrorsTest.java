package io.github.unloadcopy.cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class UsageErrorsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {
        "encrypt-value hunter2", "encrypt-value --hunter2", "encrypt-value -hunter2", "encrypt-value -- hunter2", "encrypt-value --password=hunter2", "encrypt-value --value hunter2",
        "encrypt-value hunter2 eu-west-1", "encrypt-value @hunter2", "encrypt-value --json=hunter2", "encrypt-value --region --hunter2 x", "encrypt-value --key a --key hunter2",
        "decrypt-check hunter2", "decrypt-check --json hunter2", "create-key hunter2", "create-key --alias", "check-config a hunter2", "check-config --timeout hunter2 a",
        "encrypt-config a hunter2", "convert-config a hunter2", "hunter2", "--hunter2", "hunter2 encrypt-value", "encrypt-valu hunter2"
    })
    void refusesWithoutRepeatingAnything(final String line) {
        assertEquals(ExitStatus.USAGE, run(line.split(" ")), line);
        assertEquals("", out.toString());
        assertFalse(err.toString().contains("hunter2"), err.toString());
        assertTrue(err.toString().startsWith("unloadcopy: "), err.toString());
        assertTrue(err.toString().contains("Try: unloadcopy"), err.toString());
    }

    @Test
    void saysWhyAValueIsNoArgument() {
        run("encrypt-value", "hunter2");

        assertTrue(err.toString().contains("encrypt-value takes no value as an argument: the shell's history and the list of processes would keep it"), err.toString());
        assertTrue(err.toString().contains("change it: it is disclosed"), err.toString());
    }

    @Test
    void namesWhatIsMissing() {
        run("check-config");

        assertTrue(err.toString().contains("Missing: LOCATION"), err.toString());
    }

    @Test
    void everyCommandHasHelpWithExamplesAndStatuses() {
        for (final CommandLine command : UnloadCopyCommand.commandLine().getSubcommands().values()) {
            final String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);

            assertTrue(help.contains("Exit status:"), help);
            assertTrue(command.getCommandName().equals("generate-completion") || help.contains("Examples:") && help.contains("  unloadcopy " + command.getCommandName()), help);
        }
    }

    @Test
    void completionKnowsTheCommands() {
        assertEquals(ExitStatus.OK, run("generate-completion"));
        assertTrue(out.toString().contains("complete -F _complete_unloadcopy -o default unloadcopy"), out.toString());
        assertTrue(out.toString().contains("encrypt-value"), out.toString());
    }

    private int run(final String... arguments) {
        return UnloadCopyCommand.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }
}
