package io.github.unloadcopy.redshift;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Entries of access control lists, as the page "PG_DEFAULT_ACL" shows them. */
class TableGrantsTest {
    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', value = {
        "reader=r/owner|reader",
        "=r/owner|''",
        "group readers=arw/owner|group readers",
        "\"group readers=r/owner\"|group readers",
        "\"Odd = name\"=r/owner|Odd = name",
        "role:readers=r/owner|readers",
        "group \"Odd \"\" readers\"=r/owner|group Odd \" readers"}, delimiter = '|')
    void namesTheGrantee(final String entry, final String grantee) {
        assertEquals(grantee, TableGrants.grantee(entry));
    }
}
