package io.github.unloadcopy.sandbox.redshift.text;

/**
 * Why a record cannot be loaded.
 *
 * @param code number of the page "Load error reference" of the Redshift Database Developer Guide
 * @param column index of the field, -1 when the record as a whole is wrong
 * @param position offset in the field, in bytes
 * @param value the field's content, empty when there is none
 */
public record RowError(int code, String message, int column, int position, String value) {

    public static final int UNKNOWN = 1200;
    public static final int TOO_MANY_COLUMNS = 1202;
    public static final int TOO_LONG = 1204;
    public static final int INVALID_DATE = 1205;
    public static final int INVALID_TIMESTAMP = 1206;
    public static final int INVALID_DIGIT = 1207;
    public static final int INVALID_FLOAT = 1208;
    public static final int INVALID_DECIMAL = 1209;
    public static final int INVALID_BOOLEAN = 1210;
    public static final int NOT_NULL = 1213;
    public static final int DELIMITER_NOT_FOUND = 1214;
    public static final int INVALID_LINE = 1216;
    public static final int NUL_AND_MORE = 1218;
    public static final int INVALID_HEX = 1219;
    public static final int INVALID_UTF8 = 1220;
    public static final int OTHER_ENCODING = 1221;
    public static final int INTEGER_OVERFLOW = 1222;
    public static final int INVALID_JSON = 1224;
}
