package io.github.unloadcopy.staging;

import io.github.unloadcopy.redshift.TableName;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StagingPrefixTest {
    private static final S3Location PATH = S3Location.parse("s3://Bucket/Some/Path/");
    private static final Instant STARTED = Instant.parse("2026-11-22T23:59:58.999Z");
    private static final String RUN_ID = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private static final String RUN = "2026-11-22_23:59:58-" + RUN_ID;

    @Test
    void namesRunAndTable() {
        final StagingPrefix prefix = StagingPrefix.of(PATH, STARTED, RUN_ID, "dev", new TableName("public", "orders_$1-x"));

        assertEquals("s3://Bucket/Some/Path/" + RUN + "/dev.public.orders_$1-x/", prefix.location().toString());
        assertEquals(RUN, prefix.runFolder());
    }

    @Test
    void worksInTheRootOfABucket() {
        assertEquals("s3://bucket/" + RUN + "/dev.public.orders/", StagingPrefix.of(S3Location.parse("s3://bucket"), STARTED, RUN_ID.toUpperCase(Locale.ROOT), "dev", new TableName("public", "orders"))
                .location().toString());
    }

    @Test
    void replacesWhatIsUnsafeAndAddsAHash() {
        final String folder = tableFolder("dev", "public", "Ördər / items");

        assertTrue(folder.matches("dev\\.public\\._rd_r___items\\.[0-9a-f]{16}"), folder);
        assertEquals(folder, tableFolder("dev", "public", "Ördər / items"));
    }

    @Test
    void dotsAndReplacedCharactersInNamesDoNotCollide() {
        assertNotEquals(tableFolder("a.b", "c", "d"), tableFolder("a", "b.c", "d"));
        assertNotEquals(tableFolder("a", "b", "c d"), tableFolder("a", "b", "c_d"));
        assertNotEquals(tableFolder("a", "b", "c d"), tableFolder("a", "b", "c/d"));
        final String hashed = tableFolder("a", "b", "c d");
        assertNotEquals(hashed, tableFolder("a", "b", hashed.substring("a.b.".length())));
    }

    @Property
    void everyTableHasAFolderOfItsOwn(@ForAll @NotEmpty @StringLength(max = 20) final String database, @ForAll @NotEmpty @StringLength(max = 20) final String schema,
            @ForAll @NotEmpty @StringLength(max = 20) final String table, @ForAll @NotEmpty @StringLength(max = 20) final String other) {
        final StagingPrefix prefix = StagingPrefix.of(PATH, STARTED, RUN_ID, database, new TableName(schema, table));

        assertEquals(prefix, StagingPrefix.parse(prefix.location().toString()));
        assertEquals(RUN, prefix.runFolder());
        assertTrue(PATH.contains(prefix.location()));
        assertEquals(table.equals(other), tableFolder(database, schema, table).equals(tableFolder(database, schema, other)));
        assertEquals(database.equals(other), tableFolder(database, schema, table).equals(tableFolder(other, schema, table)));
    }

    @Test
    void twoRunsInOneSecondDoNotShareAFolder() {
        final TableName table = new TableName("public", "orders");

        assertNotEquals(StagingPrefix.of(PATH, STARTED, UUID.randomUUID().toString(), "dev", table), StagingPrefix.of(PATH, STARTED, UUID.randomUUID().toString(), "dev", table));
    }

    @Test
    void refusesARunIdThatIsNoUuid() {
        for (final String runId : List.of("", "1-1-1-1-1", RUN_ID + "/..", "../../../../../../../../../../../../..")) {
            assertThrows(IllegalArgumentException.class, () -> StagingPrefix.of(PATH, STARTED, runId, "dev", new TableName("public", "orders")), runId);
        }
    }

    @ParameterizedTest
    @CsvSource({
            "s3://bucket, does not end in a slash",
            "s3://bucket/, does not end in a slash",
            "s3://bucket/path/, is not below the folder of a run",
            "s3://bucket/path/more/, is not that of a run",
            "s3://bucket/2026-11-22_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950e/, is not below the folder of a run",
            "s3://bucket/path/2026-11-22_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950e/, is not that of a run",
            "s3://bucket/2026-11-22_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950e/dev.public.orders, does not end in a slash",
            "s3://bucket/2026-11-22_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950e//, is not that of a table",
            "s3://bucket/2026-11-22_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950e/orders/, is not that of a table",
            "s3://bucket/2026-11-22_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950e/../, is not allowed as a folder",
            "s3://bucket/../2026-11-22_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950e/dev.public.orders/, is not allowed as a folder",
            "s3://bucket/2026-11-22_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950e/dev.public.orders/more/, is not that of a run",
            "s3://bucket/2026-13-22_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950e/dev.public.orders/, is not that of a run",
            "s3://bucket/2026-02-30_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950e/dev.public.orders/, is not that of a run",
            "s3://bucket/2026-11-22_24:00:00-0f8fad5b-d9cb-469f-a165-70867728950e/dev.public.orders/, is not that of a run",
            "s3://bucket/2026-11-22_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950/dev.public.orders/, is not that of a run",
            "s3://bucket/2026-11-22_23:59:58/dev.public.orders/, is not that of a run",
            "s3://bucket/2026-11-22_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950e/dev.public.or ders/, is not that of a table",
            "s3://bucket/2026-11-22_23:59:58-0f8fad5b-d9cb-469f-a165-70867728950e/dev.public.*/, is not that of a table",
            "file:///tmp/, does not begin with s3://"})
    void refusesEverythingElse(final String uri, final String expected) {
        final IllegalArgumentException failure = assertThrows(IllegalArgumentException.class, () -> StagingPrefix.parse(uri));

        assertTrue(failure.getMessage().contains(expected), failure.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"s3://bucket/a/../b/", "s3://bucket/./", "s3://bucket/..", "s3://bucket/a/%2e%2E/b", "s3://bucket/.%2e/b", "s3://bucket/a\\b"})
    void noRunCanUseSuchAPath(final String uri) {
        final S3Location path = S3Location.parse(uri);

        assertThrows(IllegalArgumentException.class, () -> StagingPrefix.requirePath(path));
        assertThrows(IllegalArgumentException.class, () -> StagingPrefix.of(path, STARTED, RUN_ID, "dev", new TableName("public", "orders")));
    }

    @Test
    void belongsToItsRunAndPathOnly() {
        final StagingPrefix prefix = StagingPrefix.of(PATH, STARTED, RUN_ID, "dev", new TableName("public", "orders"));

        prefix.requireOf(RUN_ID.toUpperCase(Locale.ROOT), PATH);
        prefix.requireOf(RUN_ID, null);

        for (final String runId : List.of("", "728950e", "70867728950e", UUID.randomUUID().toString())) {
            assertThrows(IllegalArgumentException.class, () -> prefix.requireOf(runId, PATH), runId);
        }

        for (final String path : List.of("s3://Bucket", "s3://Bucket/Some", "s3://bucket/Some/Path", "s3://Other/Some/Path", "s3://Bucket/Some/Path/" + RUN)) {
            assertThrows(IllegalArgumentException.class, () -> prefix.requireOf(RUN_ID, S3Location.parse(path)), path);
        }

        assertThrows(IllegalArgumentException.class, () -> prefix.requireOf(null, null));
    }

    @Property
    void nothingAboveATableIsAPrefix(@ForAll final int cut) {
        final String uri = StagingPrefix.of(PATH, STARTED, RUN_ID, "dev", new TableName("public", "orders")).location().toString();
        final String shorter = uri.substring(0, Math.floorMod(cut, uri.indexOf("dev.")));

        assertThrows(IllegalArgumentException.class, () -> StagingPrefix.parse(shorter));
        assertThrows(IllegalArgumentException.class, () -> StagingPrefix.parse(shorter + "/"), () -> shorter + "/");
    }

    private static String tableFolder(final String database, final String schema, final String table) {
        final String[] segments = StagingPrefix.of(PATH, STARTED, RUN_ID, database, new TableName(schema, table)).location().key().split("/");
        return segments[segments.length - 1];
    }
}
