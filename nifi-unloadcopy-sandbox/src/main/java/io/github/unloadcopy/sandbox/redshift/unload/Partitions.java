package io.github.unloadcopy.sandbox.redshift.unload;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.UnloadStatement;
import io.github.unloadcopy.sandbox.redshift.text.BackendText;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.wire.ResultColumn;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * PARTITION BY: which folder a row goes to, and what is left of the row there. Rows come sorted by the partition columns, so that one folder is written at a time, however many there are.
 * Rules: parameter PARTITION BY of the page UNLOAD; names of folders are those of Apache Hive.
 */
final class Partitions {

    private static final String DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__";
    /** What Hive writes as a percent sign and two hexadecimal digits, besides control characters. */
    private static final String ESCAPED = "\"#%'*/:=?\\\u007F{[]^";
    private static final Set<Integer> KEY_TYPES = Set.of(TypeIds.SMALLINT, TypeIds.INTEGER, TypeIds.BIGINT, TypeIds.NUMERIC, TypeIds.REAL, TypeIds.BOOLEAN, TypeIds.DATE, TypeIds.TIMESTAMP);

    private final boolean include;
    private final List<ResultColumn> columns;
    /** Indexes of the partition columns, the outermost folder's first. */
    private final int[] keys;
    private final boolean[] isKey;
    private final int[] starts;
    private final int[] ends;
    private final ByteBuilder currentKey = new ByteBuilder(256);
    private final ByteBuilder nextKey = new ByteBuilder(256);
    private final ByteBuilder projected = new ByteBuilder(1 << 13);
    private boolean started;

    /**
     * @throws SqlError when a column is none of the query's, or of a type that folders cannot be named by, or no column is left for the files
     */
    Partitions(final UnloadStatement.Partitioning partitioning, final List<ResultColumn> columns) {
        this.include = partitioning.include();
        this.columns = columns;
        this.keys = partitioning.columns().stream().mapToInt(this::index).toArray();
        this.isKey = new boolean[columns.size()];
        this.starts = new int[columns.size()];
        this.ends = new int[columns.size()];
        for (final int key : keys) {
            isKey[key] = true;
            final ResultColumn column = columns.get(key);
            if (!TypeIds.isCharacter(column.typeId()) && !KEY_TYPES.contains(column.typeId())) {
                throw SqlError.notSupported("Column \"" + column.name() + "\" of type " + TypeIds.name(column.typeId()) + " cannot be used in PARTITION BY");
            }
        }

        if (keys.length == columns.size()) {
            throw SqlError.notSupported("UNLOAD option PARTITION BY names all columns of the query: at least one must be left for the files");
        }
    }

    private int index(final String name) {
        for (int index = 0; index < columns.size(); index++) {
            if (columns.get(index).name().equals(name)) {
                return index;
            }
        }

        throw new SqlError(SqlError.UNDEFINED_COLUMN, "column \"" + name + "\" of PARTITION BY is not in the query of UNLOAD");
    }

    /** The columns that the files hold. */
    List<ResultColumn> fileColumns() {
        final List<ResultColumn> left = new ArrayList<>();
        for (int index = 0; index < columns.size(); index++) {
            if (include || !isKey[index]) {
                left.add(columns.get(index));
            }
        }

        return left;
    }

    /** The query with its rows in the order of their folders, and within one in the query's own. */
    String sorted(final String query) {
        final StringBuilder names = new StringBuilder();
        for (int index = 0; index < columns.size(); index++) {
            names.append(index == 0 ? "" : ", ").append('c').append(index);
        }

        final StringBuilder order = new StringBuilder();
        for (final int key : keys) {
            order.append('c').append(key).append(", ");
        }

        return "SELECT " + names + " FROM (SELECT q.*, row_number() OVER () AS sandbox_row FROM (" + query + "\n) AS q (" + names + ")) AS r ORDER BY " + order + "sandbox_row";
    }

    /**
     * Takes in a row.
     *
     * @return whether it goes to another folder than the row before
     */
    boolean next(final byte[] row, final int length) {
        int position = 0;
        for (int index = 0; index < starts.length; index++) {
            starts[index] = position;
            ends[index] = BackendText.fieldEnd(row, position, length);
            position = ends[index] + 1;
        }

        nextKey.clear();
        for (final int key : keys) {
            nextKey.append(row, starts[key], ends[key] + 1);
        }

        final boolean same = started && Arrays.equals(currentKey.bytes(), 0, currentKey.length(), nextKey.bytes(), 0, nextKey.length());
        if (!same) {
            currentKey.clear();
            currentKey.append(nextKey.bytes(), 0, nextKey.length());
            started = true;
        }

        return !same;
    }

    /** The folder of the row that was taken in last, such as {@code year=2026/month=1/}. */
    String folder(final byte[] row, final int length) {
        final StringBuilder folder = new StringBuilder();
        for (final int key : keys) {
            folder.append(escaped(columns.get(key).name())).append('=').append(value(row, length, key)).append('/');
        }

        return folder.toString();
    }

    private String value(final byte[] row, final int length, final int key) {
        if (BackendText.isNull(row, starts[key], length) || starts[key] == ends[key]) {
            return DEFAULT_PARTITION;
        }

        final ByteBuilder value = new ByteBuilder(64);
        BackendText.decode(row, starts[key], ends[key], value);
        return escaped(new String(value.bytes(), 0, value.length(), StandardCharsets.UTF_8));
    }

    private static String escaped(final String text) {
        final StringBuilder escaped = new StringBuilder();
        for (int index = 0; index < text.length(); index++) {
            final char character = text.charAt(index);
            if (character < ' ' || ESCAPED.indexOf(character) >= 0) {
                escaped.append(String.format("%%%02X", (int) character));
            } else {
                escaped.append(character);
            }
        }

        return escaped.toString();
    }

    /** The row that was taken in last, as its file holds it; valid until the next one. */
    ByteBuilder fileRow(final byte[] row, final int length) {
        projected.clear();
        if (include) {
            projected.append(row, 0, length);
            return projected;
        }

        for (int index = 0; index < starts.length; index++) {
            if (!isKey[index]) {
                projected.append(row, starts[index], ends[index] + 1);
            }
        }

        projected.bytes()[projected.length() - 1] = '\n';
        return projected;
    }
}
