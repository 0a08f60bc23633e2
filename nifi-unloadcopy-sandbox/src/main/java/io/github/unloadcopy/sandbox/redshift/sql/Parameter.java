package io.github.unloadcopy.sandbox.redshift.sql;

/**
 * A parameter of UNLOAD or of COPY: how it is written, and what the sandbox makes of it.
 *
 * @param name as messages and documents have it
 * @param parent the parameter that it directly follows and without which it cannot be, as VERBOSE follows MANIFEST; null for the others
 * @param format whether FORMAT AS may precede it
 * @param remark what a reader of the documents should know, may be empty
 */
public record Parameter(String name, String parent, boolean format, Argument argument, Status status, String remark) {

    /** What follows a parameter's keyword. AS may precede a literal, a number or a size. */
    public enum Argument {
        NONE,
        TEXT,
        OPTIONAL_TEXT,
        /** A literal that nothing may print. */
        SECRET,
        /** A whole number that is not negative. */
        NUMBER,
        /** A decimal number, followed by MB (the default) or GB. */
        SIZE,
        /** ON, TRUE, OFF, FALSE or nothing, which is ON. */
        SWITCH,
        /** As SWITCH, or PRESET. */
        PRESET_SWITCH,
        /** DEFAULT or a literal. */
        ROLE,
        /** A word or a literal. */
        WORD,
        /** BY and names of columns in parentheses. */
        COLUMNS,
        /** All that is left of the statement. */
        REST
    }

    /** What the sandbox does with a parameter. */
    public enum Status {
        /** What the guide says. */
        DONE("done"),
        /** Accepted; what it changes in Redshift (encodings, statistics) is nothing that a query's result shows. */
        NO_EFFECT("accepted, no effect"),
        /** Refused by Redshift for COPY from S3 as well. */
        REFUSED("refused, as by Redshift"),
        /** Redshift does it, the sandbox refuses it. */
        UNSUPPORTED("not supported");

        private final String label;

        Status(final String label) {
            this.label = label;
        }

        /** The words of the documents. */
        public String label() {
            return label;
        }
    }

    /** The word that it is recognised by, in upper case. */
    String keyword() {
        final int space = parent == null ? name.indexOf(' ') : -1;
        return parent == null ? name.substring(0, space < 0 ? name.length() : space) : name.substring(name.lastIndexOf(' ') + 1);
    }
}
