package io.github.unloadcopy.sandbox.redshift.sql;

/**
 * A statement's failure as the client will see it: an ErrorResponse. Neither message nor detail ever holds a secret of the statement.
 */
public final class SqlError extends RuntimeException {

    /** What Redshift answers for failures of its own engine, those of S3 among them. */
    public static final String INTERNAL = "XX000";
    public static final String SYNTAX = "42601";
    public static final String NOT_SUPPORTED = "0A000";
    public static final String UNDEFINED_TABLE = "42P01";
    public static final String UNDEFINED_SCHEMA = "3F000";
    public static final String UNDEFINED_FUNCTION = "42883";
    public static final String UNDEFINED_COLUMN = "42703";
    public static final String INVALID_COLUMN = "42611";
    public static final String INVALID_TABLE = "42P16";
    public static final String UNDEFINED_OBJECT = "42704";
    public static final String IN_TRANSACTION = "25001";
    public static final String INVALID_VALUE = "22023";
    public static final String INVALID_PASSWORD = "28P01";
    public static final String PRIVILEGE = "42501";
    public static final String CANCELED = "57014";
    public static final String IN_FAILED_TRANSACTION = "25P02";
    public static final String PROTOCOL = "08P01";
    public static final String TOO_MANY_CONNECTIONS = "53300";
    public static final String ADMIN_SHUTDOWN = "57P01";

    private static final long serialVersionUID = 1L;

    private final String state;
    private final String detail;
    private final String hint;
    private final String context;

    public SqlError(final String state, final String message) {
        this(state, message, null, null, null);
    }

    public SqlError(final String state, final String message, final String detail) {
        this(state, message, detail, null, null);
    }

    /**
     * @param state SQLSTATE, five characters
     * @param detail null when there is none, as for hint and context
     */
    public SqlError(final String state, final String message, final String detail, final String hint, final String context) {
        super(message);
        this.state = state;
        this.detail = detail;
        this.hint = hint;
        this.context = context;
    }

    public static SqlError syntax(final String message) {
        return new SqlError(SYNTAX, message);
    }

    public static SqlError notSupported(final String message) {
        return new SqlError(NOT_SUPPORTED, message);
    }

    public String state() {
        return state;
    }

    public String detail() {
        return detail;
    }

    public String hint() {
        return hint;
    }

    public String context() {
        return context;
    }
}
