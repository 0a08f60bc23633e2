package io.github.unloadcopy.sandbox.redshift.parquet;

/**
 * Why a Parquet file or one of its rows cannot be loaded, in the words of Redshift as public reports quote them. It ends the COPY: columnar formats know no MAXERROR.
 */
public final class ScanException extends RuntimeException {

    /** What Redshift gives as the code of what is wrong with a columnar file. */
    public static final int SCAN = 15007;
    /** A NULL for a column that takes none. */
    public static final int NULL_VALUE = 8007;
    /** A string that is too long for SUPER. */
    public static final int STRING_SIZE = 1224;

    private static final long serialVersionUID = 1L;

    private final int code;
    private final int column;

    /**
     * @param column index of the table's column, -1 when the file as a whole is wrong
     */
    ScanException(final int code, final String message, final int column) {
        super(message);
        this.code = code;
        this.column = column;
    }

    public int code() {
        return code;
    }

    public int column() {
        return column;
    }
}
