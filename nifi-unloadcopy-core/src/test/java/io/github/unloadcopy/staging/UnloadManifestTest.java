package io.github.unloadcopy.staging;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class UnloadManifestTest {
    @Test
    void readsAVerboseManifest() throws StagingException {
        final UnloadManifest manifest = parse("""
                {"entries":[
                  {"url":"s3://bucket/run/t/0000_part_00.gz","meta":{"content_length":120,"record_count":3}},
                  {"url":"s3://bucket/run/t/0001_part_00.gz","meta":{"content_length":80,"record_count":0}}],
                 "schema":{"elements":[{"name":"id","type":{"base":"integer"}}]},
                 "meta":{"content_length":200,"record_count":3},
                 "author":{"name":"Amazon Redshift","version":"1.0.0"}}
                """);

        assertEquals(List.of(new UnloadManifest.Entry("s3://bucket/run/t/0000_part_00.gz", 120, 3), new UnloadManifest.Entry("s3://bucket/run/t/0001_part_00.gz", 80, 0)), manifest.entries());
        assertEquals(3, manifest.rows());
        assertEquals(200, manifest.bytes());
    }

    @Test
    void tellsWhatAPlainManifestDoesNotTell() throws StagingException {
        requireManifest(List.of(new UnloadManifest.Entry("s3://bucket/a", 12, -1)), -1, 12, parse("{\"entries\":[{\"url\":\"s3://bucket/a\",\"meta\":{\"content_length\":12}}]}"));
        requireManifest(List.of(new UnloadManifest.Entry("s3://bucket/a", -1, -1)), -1, -1, parse("{\"entries\":[{\"url\":\"s3://bucket/a\",\"mandatory\":true}]}"));
    }

    @Test
    void takesTotalsWhereEntriesTellNone() throws StagingException {
        assertEquals(7, parse("{\"entries\":[{\"url\":\"s3://bucket/a\"}],\"meta\":{\"record_count\":7}}").rows());
    }

    @Test
    void anEmptyManifestHasNoRows() throws StagingException {
        requireManifest(List.of(), 0, 0, parse("{\"entries\":[]}"));
    }

    @Test
    void tellsTheDocumentByItsSha256() throws StagingException {
        // Of `printf '{"entries":[]}' | sha256sum`.
        assertEquals("d801aa1fb7ddcc330a5e3173372ea6af4a3d08ec58074478e85aa5603e926658", parse("{\"entries\":[]}").sha256());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "''|has no list of entries",
            "'[]'|has no list of entries",
            "'{}'|has no list of entries",
            "'{\"entries\":{}}'|has no list of entries",
            "'{\"entries\":['|is not JSON",
            "'{\"entries\":[]} x'|is not JSON",
            "'\u0003\u0001garbage'|is not JSON",
            "'{\"entries\":[{}]}'|Entry 1 of the manifest has no url",
            "'{\"entries\":[{\"url\":5}]}'|Entry 1 of the manifest has no url",
            "'{\"entries\":[{\"url\":\"https://bucket/a\"}]}'|Entry 1 of the manifest has no usable url",
            "'{\"entries\":[{\"url\":\"s3://bucket/\"}]}'|names a bucket instead of a file",
            "'{\"entries\":[{\"url\":\"s3://bucket/a\",\"meta\":{\"record_count\":-1}}]}'|record_count of entry 1 in the manifest is no count",
            "'{\"entries\":[{\"url\":\"s3://bucket/a\",\"meta\":{\"record_count\":1.5}}]}'|record_count of entry 1 in the manifest is no count",
            "'{\"entries\":[{\"url\":\"s3://bucket/a\",\"meta\":{\"content_length\":\"1\"}}]}'|content_length of entry 1 in the manifest is no count",
            "'{\"entries\":[{\"url\":\"s3://bucket/a\",\"meta\":{\"content_length\":99999999999999999999}}]}'|content_length of entry 1",
            "'{\"entries\":[{\"url\":\"s3://bucket/a\"},{\"url\":\"s3://bucket/a\"}]}'|names s3://bucket/a twice",
            "'{\"entries\":[{\"url\":\"s3://bucket/a\",\"meta\":{\"record_count\":2}}],\"meta\":{\"record_count\":3}}'|contradicts itself: its total record_count is 3, its entries add up to 2",
            "'{\"entries\":[],\"meta\":{\"record_count\":3}}'|contradicts itself"})
    void refuses(final String json, final String expected) {
        final StagingException failure = assertThrows(StagingException.class, () -> parse(json));

        assertTrue(failure.getMessage().contains(expected), failure.getMessage());
    }

    @Property(tries = 100)
    void addsUpItsEntries(@ForAll final List<@IntRange(min = 0, max = 1_000_000_000) Integer> counts) throws StagingException {
        final List<String> entries = new ArrayList<>();
        counts.forEach(count -> entries.add("{\"url\":\"s3://bucket/%d\",\"meta\":{\"content_length\":%d,\"record_count\":%d}}".formatted(entries.size(), count, count)));

        final UnloadManifest manifest = parse("{\"entries\":[" + String.join(",", entries) + "]}");

        assertEquals(counts.stream().mapToLong(Integer::longValue).sum(), manifest.rows());
        assertEquals(manifest.rows(), manifest.bytes());
    }

    @Test
    void refusesFilesOutsideItsFolder() throws StagingException {
        final UnloadManifest manifest = parse("{\"entries\":[{\"url\":\"s3://bucket/run/t/0\"},{\"url\":\"s3://bucket/run/u/0\"}]}");

        manifest.requireBelow(S3Location.parse("s3://bucket/run/"));
        final StagingException failure = assertThrows(StagingException.class, () -> manifest.requireBelow(S3Location.parse("s3://bucket/run/t/")));
        assertTrue(failure.getMessage().contains("s3://bucket/run/u/0, which is not below s3://bucket/run/t/"), failure.getMessage());
        assertThrows(StagingException.class, () -> manifest.requireBelow(S3Location.parse("s3://other/run/")));
    }

    private static UnloadManifest parse(final String json) throws StagingException {
        return UnloadManifest.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static void requireManifest(final List<UnloadManifest.Entry> entries, final long rows, final long bytes, final UnloadManifest manifest) {
        assertEquals(entries, manifest.entries());
        assertEquals(rows, manifest.rows());
        assertEquals(bytes, manifest.bytes());
    }
}
