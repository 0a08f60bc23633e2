package io.github.unloadcopy.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Says what is wrong with a command line without repeating any of it: what was typed there by mistake may be a secret. */
final class UsageErrors implements IParameterExceptionHandler {
    private static final Set<String> TAKE_A_VALUE = Set.of("encrypt-value", "decrypt-check");

    @Override
    public int handleParseException(final ParameterException failure, final String[] arguments) {
        final CommandLine command = failure.getCommandLine();
        final PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText("unloadcopy: " + message(failure)));
        err.println("Try: %s --help".formatted(command.getCommandSpec().qualifiedName()));
        err.flush();
        return ExitStatus.USAGE;
    }

    private static String message(final ParameterException failure) {
        return switch (failure) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched);
            case MissingParameterException missing -> "Missing: " + missing.getMissing().stream().map(UsageErrors::name).collect(Collectors.joining(", "));
            case NoCommandException none -> "Which command? There are " + String.join(", ", none.getCommandLine().getSubcommands().keySet());
            default -> failure.getArgSpec() == null ? "The command line cannot be read" : "%s is given twice, has no value, or one that does not fit: %s".formatted(name(failure.getArgSpec()),
                    String.join(" ", failure.getArgSpec().description()));
        };
    }

    private static String unmatched(final UnmatchedArgumentException failure) {
        final String command = failure.getCommandLine().getCommandName();
        final List<String> suggestions = failure.getSuggestions();
        final String suggestion = suggestions.isEmpty() ? "" : " Did you mean " + String.join(" or ", suggestions) + "?";

        if (TAKE_A_VALUE.contains(command)) {
            return ("%s takes no value as an argument: the shell's history and the list of processes would keep it. Type it when you are asked, or pipe it in. "
                    + "If what you gave was a secret, change it: it is disclosed.%s").formatted(command, suggestion);
        }

        if (failure.getCommandLine().getParent() == null) {
            return "There is no such command or option. The commands are %s".formatted(String.join(", ", failure.getCommandLine().getSubcommands().keySet()));
        }

        return "%d argument(s) mean nothing to %s.%s".formatted(failure.getUnmatched().size(), command, suggestion);
    }

    private static String name(final ArgSpec argument) {
        return argument instanceof final OptionSpec option ? option.longestName() : Ansi.OFF.string(argument.paramLabel());
    }

    /** No command was given. */
    static final class NoCommandException extends ParameterException {
        private static final long serialVersionUID = 1L;

        NoCommandException(final CommandLine command) {
            super(command, "No command");
        }
    }
}
