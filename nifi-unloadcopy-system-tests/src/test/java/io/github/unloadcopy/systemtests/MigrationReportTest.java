package io.github.unloadcopy.systemtests;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MigrationReportTest {
    private static final TableReport WHOLE = new TableReport("tpch.orders", 1500, 1500, 1500, true, 2, 61_435, 0.8);

    @Test
    void holdsWhenEverythingDoes() {
        assertTrue(report(0, 0, WHOLE).holds());
    }

    @Test
    void doesNotHoldWithoutTables() {
        assertFalse(report(0, 0).holds());
    }

    @Test
    void doesNotHoldWhenSomethingWasLeftOrFound() {
        assertFalse(report(1, 0, WHOLE).holds());
        assertFalse(report(0, 1, WHOLE).holds());
    }

    @Test
    void doesNotHoldWhenOneTableDoesNot() {
        assertFalse(report(0, 0, WHOLE, new TableReport("tpch.part", 200, 200, 200, false, 2, 1, 0.1)).holds());
        assertFalse(report(0, 0, WHOLE, new TableReport("tpch.part", 200, 0, 200, true, 2, 1, 0.1)).holds());
        assertFalse(report(0, 0, WHOLE, new TableReport("tpch.part", 200, 200, 0, true, 2, 1, 0.1)).holds());
    }

    @Test
    void readsAsATable() {
        assertEquals("""
                  Table                Rows  Files      Staged      Time  Result
                  tpch.orders         1,500      2     60.0 KB     0.8 s  every value equal
                  tpch.part             200      0         0 B     0.0 s  NOT EQUAL; unloaded 0, loaded 0 of 200 rows
                """.replace("\n", System.lineSeparator()), ReportTable.format(report(0, 0, WHOLE, new TableReport("tpch.part", 200, 0, 0, false, 0, 0, 0))));
    }

    private static MigrationReport report(final int left, final int found, final TableReport... tables) {
        return new MigrationReport("SSE-KMS", 0.001, List.of(tables), left, found, 1, 2);
    }
}
