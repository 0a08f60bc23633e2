package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;

/**
 * What a command found, for people and for programs.
 *
 * @param status one of {@link ExitStatus}
 * @param text what goes to standard output; empty for nothing
 * @param json the same for programs, notes left out
 * @param notes what goes to standard error, a line each, or into the field notes
 */
record Answer(int status, String text, ObjectNode json, List<String> notes) {
    Answer {
        notes = List.copyOf(notes);
    }
}
