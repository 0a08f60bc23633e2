package io.github.unloadcopy.redshift;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TablePlaceTest {

    @ParameterizedTest
    @CsvSource({"false, Orders, orders, true", "true, Orders, orders, false", "false, ÄPFEL, äpfel, true", "false, Ä, ä, true", "true, Ä, ä, false", "false, orders, order, false", "false, t, , false"})
    void twinsAreOneTableUnlessTheSessionTellsThemApart(final boolean caseSensitive, final String table, final String twin, final boolean refused) {
        final TablePlace place = new TablePlace("n/dev", caseSensitive, new TableName("s", table));

        if (refused) {
            final RedshiftException failure = assertThrows(RedshiftException.class, () -> place.requireOtherThan(twin, "its rows would be moved twice"));
            assertEquals(Reason.INVALID_REQUEST, failure.reason());
            assertTrue(failure.getMessage().startsWith("%s and %s are one table of schema s".formatted(table, twin)), failure.getMessage());
        } else {
            assertDoesNotThrow(() -> place.requireOtherThan(twin, "its rows would be moved twice"));
        }
    }

    /** What each session means by its name counts, not the names. */
    @ParameterizedTest
    @CsvSource({"false, k2, false, K2, true", "false, k2, true, K2, false", "true, K2, false, K2, false", "true, k2, false, K2, true", "true, K2, true, K2, true", "false, É, false, é, true",
        "false, a, false, b, false"})
    void aTableIsNotLoadedIntoItself(final boolean caseSensitive, final String table, final boolean targetCaseSensitive, final String targetTable, final boolean refused) {
        final TablePlace source = new TablePlace("n/dev", caseSensitive, new TableName("s", table));
        final TableName target = new TableName("s", targetTable);

        if (refused) {
            assertThrows(RedshiftException.class, () -> source.requireOtherThan(new TablePlace("n/dev", targetCaseSensitive, target)));
        } else {
            assertDoesNotThrow(() -> source.requireOtherThan(new TablePlace("n/dev", targetCaseSensitive, target)));
        }

        assertDoesNotThrow(() -> source.requireOtherThan(new TablePlace("n/other", targetCaseSensitive, target)));
        assertDoesNotThrow(() -> source.requireOtherThan(new TablePlace("n/dev", targetCaseSensitive, new TableName("other", targetTable))));
        assertDoesNotThrow(() -> source.requireOtherThan(new TablePlace(null, targetCaseSensitive, target)));
    }

    @Test
    void columnsAreListedOnce() {
        final TableName table = new TableName("s", "t");

        assertTrue(assertThrows(RedshiftException.class, () -> CatalogNames.of(false).requireDistinct(table, List.of("Id", "name", "id"))).getMessage().contains("as Id and id"));
        assertDoesNotThrow(() -> CatalogNames.of(false).requireDistinct(table, List.of("Id", "Name", "ids")));
        assertDoesNotThrow(() -> CatalogNames.of(true).requireDistinct(table, List.of("Id", "id")));
        assertThrows(RedshiftException.class, () -> CatalogNames.of(true).requireDistinct(table, List.of("id", "id")));
    }
}
