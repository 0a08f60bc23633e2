package io.github.unloadcopy.redshift;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ColumnListTest {

    @Property
    void readsBackWhatItWrites(@ForAll final List<@NotEmpty @StringLength(max = 40) String> anyNames) {
        final List<String> names = anyNames.stream().map(name -> name.replace("\0", "0")).toList();

        assertEquals(names, ColumnList.parse(ColumnList.format(names)));
    }

    @Test
    void readsPlainAndQuotedNames() {
        assertEquals(List.of("column1", "Column 2", "a,b", "say \"x\""), ColumnList.parse(" column1 , \"Column 2\",\"a,b\" ,\"say \"\"x\"\"\" "));
    }

    @Test
    void nothingIsNoColumns() {
        assertEquals(List.of(), ColumnList.parse(null));
        assertEquals(List.of(), ColumnList.parse("  "));
    }

    @Test
    void refusesWhatIsNotAList() {
        assertThrows(IllegalArgumentException.class, () -> ColumnList.parse("a,,b"));
        assertThrows(IllegalArgumentException.class, () -> ColumnList.parse("a,"));
        assertThrows(IllegalArgumentException.class, () -> ColumnList.parse("\"a"));
        assertThrows(IllegalArgumentException.class, () -> ColumnList.parse("\"a\" b"));
    }
}
