package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for values that would not arrive as they are, in one query, which reads the columns concerned once. It runs in the transaction of the UNLOAD, so that both see the same rows.
 * <ul>
 * <li>Floating point: UNLOAD writes text. With {@code extra_float_digits} 2, 17 digits tell all values apart (page extra_float_digits), but clusters were seen that write 15 of columns of tables whatever
 * the setting is (psycopg/psycopg2, issue 1430). A value whose text, read again, is another value would be lost in silence. The query makes text of the expression that is unloaded, and of table
 * rows, so where rows are read, on the compute nodes, as the parallel UNLOAD does. It proves that such a cast keeps the values. That UNLOAD makes its text as the cast does is not documented. A REAL
 * is unloaded as DOUBLE PRECISION, and compared as REAL: 9 digits are enough for it.</li>
 * <li>SUPER: its text is VARCHAR, of at most 65,535 bytes (page JSON_SERIALIZE); JSON_SIZE tells how many it takes.</li>
 * </ul>
 */
final class ValueProbe {
    /** Bytes that a VARCHAR takes. */
    private static final int LONGEST_TEXT = 65_535;
    /** Values beyond this one, with fewer than all 17 digits, may have a text that is no DOUBLE PRECISION any more, and that no cast reads. */
    private static final String LARGEST_SAFE = "CAST('1.797693134862315e308' AS DOUBLE PRECISION)";
    /** Length of a text such as 1.7976931348623157e+308, without its sign. */
    private static final int LONGEST_FLOAT = 23;
    private static final String SPECIAL_VALUES = "('nan', 'infinity', '-infinity', 'inf', '-inf')";

    private final Selection selection;
    private final List<String> floats = new ArrayList<>();
    private final List<String> supers = new ArrayList<>();

    /** @param selection what is unloaded, with the names and types of its columns */
    ValueProbe(final Selection selection) {
        this.selection = selection;

        for (final String column : selection.columns()) {
            final String type = selection.types().get(column);

            if (ColumnTypes.isFloatingPoint(type)) {
                floats.add(column);
            } else if (ColumnTypes.isSuper(type)) {
                supers.add(column);
            }
        }
    }

    /**
     * Asks the source, where a column needs it.
     *
     * @param connection connection in the transaction of the UNLOAD, with its extra_float_digits
     * @param subject what is not started, for the message
     * @throws SQLException when the cluster does not answer
     * @throws RedshiftException with {@link Reason#VALUES_WOULD_CHANGE} and the columns, when there are such values
     */
    void require(final Connection connection, final String subject) throws SQLException, RedshiftException {
        if (floats.isEmpty() && supers.isEmpty()) {
            return;
        }

        final List<String> found = new ArrayList<>();

        try (Statement statement = connection.createStatement(); ResultSet counts = statement.executeQuery(sql())) {
            counts.next();
            int position = 0;

            for (final String column : floats) {
                final long rows = counts.getLong(++position);

                if (rows > 0) {
                    found.add("the floating-point column %s has %d row(s) whose values need more digits than this cluster writes".formatted(column, rows));
                }
            }

            for (final String column : supers) {
                final long rows = counts.getLong(++position);
                final long largest = counts.getLong(++position);

                if (rows > 0) {
                    found.add("the SUPER column %s has %d row(s) whose text is longer than the %d bytes of a VARCHAR, the longest of %d bytes".formatted(column, rows, LONGEST_TEXT, largest));
                }
            }
        }

        if (!found.isEmpty()) {
            throw new RedshiftException(Reason.VALUES_WOULD_CHANGE, "%s was not started: %s. %s".formatted(subject, String.join("; ", found), Reason.VALUES_WOULD_CHANGE.advice()));
        }
    }

    private String sql() {
        final List<String> counts = new ArrayList<>();

        for (final String column : floats) {
            counts.add(countOfCut(selection.types().get(column), SqlText.identifier(column)));
        }

        for (final String column : supers) {
            final String size = "JSON_SIZE(%s)".formatted(SqlText.identifier(column));
            counts.add("COUNT(CASE WHEN %s > %d THEN 1 END)".formatted(size, LONGEST_TEXT));
            counts.add("MAX(%s)".formatted(size));
        }

        return "SELECT %s FROM %s".formatted(String.join(", ", counts), selection.rows());
    }

    private static String countOfCut(final String type, final String name) {
        final String value = ColumnTypes.value(type, name);
        final String text = "CAST(%s AS VARCHAR(64))".formatted(value);
        return "COUNT(CASE WHEN LOWER(%2$s) IN %3$s THEN NULL WHEN ABS(%1$s) > %4$s THEN CASE WHEN LENGTH(REPLACE(%2$s, '-', '')) < %5$d THEN 1 END WHEN CAST(%2$s AS %6$s) <> %7$s THEN 1 END)"
                .formatted(value, text, SPECIAL_VALUES, LARGEST_SAFE, LONGEST_FLOAT, ColumnTypes.isSinglePrecision(type) ? "REAL" : "DOUBLE PRECISION", name);
    }
}
