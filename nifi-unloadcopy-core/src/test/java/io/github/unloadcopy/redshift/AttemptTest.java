package io.github.unloadcopy.redshift;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AttemptTest {
    @Test
    void attemptsAtTheSameWorkShareTheStartOfTheirLabelsOnly() {
        final Attempt first = Attempt.next("work", "unload:run:public.orders");
        final Attempt second = Attempt.next("work", "unload:run:public.orders");

        assertNotEquals(first.label(), second.label());
        assertNotEquals(first.folder(), second.folder());
        assertTrue(first.label().startsWith(Attempt.labels("work")) && second.label().startsWith(Attempt.labels("work")));
        assertFalse(Attempt.next("other work", "").label().startsWith(Attempt.labels("work")));
        assertTrue(first.label().endsWith(":unload:run:public.orders"), first.label());
        assertTrue(first.folder().matches("attempt-[0-9a-f]{8}/"), first.folder());
    }

    @Property(tries = 500)
    void everyLabelFitsAndCanBeQuoted(@ForAll final String work, @ForAll final String description) {
        final String label = Attempt.next(work, description).label();

        assertTrue(label.length() <= 320 && label.matches("[\\x21-\\x7E]+"), label);
        assertEquals("'" + label + "'", SqlText.literal(label));
        // LIKE would read these as wildcards.
        assertTrue(Attempt.labels(work).matches("[a-z0-9:]+"), Attempt.labels(work));
    }
}
