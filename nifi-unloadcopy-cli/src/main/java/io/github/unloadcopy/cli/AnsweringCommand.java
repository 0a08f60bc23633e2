package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** A command that answers once: in text, notes on standard error; or as one JSON document. */
abstract class AnsweringCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON document instead of text, also when it fails.")
    private boolean json;

    @Option(names = "--verbose", description = "When something fails, print the stack trace as well.")
    private boolean verbose;

    /**
     * Does the work.
     *
     * @return what was found
     * @throws Exception what {@link Failures} turns into a line and an exit status
     */
    abstract Answer answer() throws Exception;

    @Override
    public final Integer call() throws Exception {
        final Answer answer = answer();
        final PrintWriter out = spec.commandLine().getOut();
        final PrintWriter err = spec.commandLine().getErr();

        if (json) {
            final ObjectNode document = new ObjectMapper().createObjectNode().put("ok", answer.status() == ExitStatus.OK).put("status", answer.status());
            document.setAll(answer.json());
            final ArrayNode notes = document.putArray("notes");
            answer.notes().forEach(notes::add);
            out.println(document);
        } else {
            answer.notes().forEach(note -> err.println("note: " + note));
            out.print(answer.text());
        }

        out.flush();
        err.flush();

        if (out.checkError()) {
            throw new CliException(ExitStatus.INPUT, "Standard output cannot be written: is the disk full, or the program behind the pipe gone?");
        }

        return answer.status();
    }

    /** Whether a failure is to be printed as JSON, too. */
    boolean isJson() {
        return json;
    }

    /** Whether stack traces are wanted. */
    boolean isVerbose() {
        return verbose;
    }

    /** This command as picocli sees it. */
    CommandSpec spec() {
        return spec;
    }
}
