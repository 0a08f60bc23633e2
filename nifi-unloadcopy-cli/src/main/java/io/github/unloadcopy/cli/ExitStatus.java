package io.github.unloadcopy.cli;

/** What the program's exit status means; part of its interface. */
final class ExitStatus {
    static final int OK = 0;
    /** What was checked is wrong: a value does not decrypt, a configuration cannot be used, a check failed. */
    static final int CHECK_FAILED = 1;
    /** The command line is wrong. */
    static final int USAGE = 2;
    /** KMS or S3 refused, or cannot be reached. */
    static final int AWS = 3;
    /** What was to be read or written cannot be: a file, standard input, the terminal. */
    static final int INPUT = 4;
    /** A mistake of this program; 70 is EX_SOFTWARE of sysexits(3). */
    static final int INTERNAL = 70;

    private ExitStatus() {
    }
}
