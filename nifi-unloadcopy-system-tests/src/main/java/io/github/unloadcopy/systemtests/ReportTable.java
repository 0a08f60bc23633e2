package io.github.unloadcopy.systemtests;

import java.util.List;
import java.util.Locale;

/** A {@link MigrationReport} for people. */
final class ReportTable {
    private static final int BYTES_PER_UNIT = 1024;
    private static final List<String> UNITS = List.of("B", "KB", "MB", "GB", "TB");

    private ReportTable() {
    }

    static String format(final MigrationReport report) {
        final int width = report.tables().stream().mapToInt(table -> table.table().length()).max().orElse(0);
        final String layout = "  %-" + width + "s  %12s  %5s  %10s  %8s  %s%n";
        final StringBuilder text = new StringBuilder(String.format(Locale.ROOT, layout, "Table", "Rows", "Files", "Staged", "Time", "Result"));

        for (final TableReport table : report.tables()) {
            text.append(String.format(Locale.ROOT, layout, table.table(), String.format(Locale.ROOT, "%,d", table.rowsSource()), table.files(), size(table.bytes()),
                    String.format(Locale.ROOT, "%.1f s", table.seconds()), result(table)));
        }

        return text.toString();
    }

    private static String result(final TableReport table) {
        if (table.holds()) {
            return "every value equal";
        }

        return String.format(Locale.ROOT, "%s; unloaded %,d, loaded %,d of %,d rows", table.equal() ? "equal" : "NOT EQUAL", table.rowsUnloaded(), table.rowsLoaded(), table.rowsSource());
    }

    private static String size(final long bytes) {
        double value = bytes;
        int unit = 0;

        while (value >= BYTES_PER_UNIT && unit < UNITS.size() - 1) {
            value /= BYTES_PER_UNIT;
            unit++;
        }

        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS.get(unit));
    }
}
