package io.github.unloadcopy.sandbox.s3.awssdk;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.function.Function;

/**
 * What a listing asks for ("Organizing objects using prefixes", Amazon S3 User Guide).
 *
 * @param prefix what every key begins with, empty for all
 * @param delimiter rolls up keys that have it after the prefix; empty for none
 * @param after the key or rolled-up prefix that it goes on after, empty for the beginning
 * @param most how many keys and prefixes a page has, 0 or more
 */
record Listing(String prefix, String delimiter, String after, int most) {

    Listing {
        prefix = Objects.requireNonNullElse(prefix, "");
        delimiter = Objects.requireNonNullElse(delimiter, "");
        after = Objects.requireNonNullElse(after, "");
    }

    /**
     * Takes one page out of a bucket's keys.
     *
     * @param items which versions of a key are listed
     * @param version the version of {@link #after} that the listing goes on after; null when it goes on after all of them
     */
    Page<StoredVersion> page(final NavigableMap<String, Deque<StoredVersion>> keys, final Function<Deque<StoredVersion>, List<StoredVersion>> items, final String version) {
        final List<StoredVersion> listed = new ArrayList<>();
        final List<String> prefixes = new ArrayList<>();
        if (most == 0) {
            return new Page<>(listed, prefixes, null);
        }

        String last = null;
        for (final Map.Entry<String, Deque<StoredVersion>> entry : keys.tailMap(begin(), version != null || Bucket.compareKeys(prefix, after) > 0).entrySet()) {
            final String key = entry.getKey();
            if (!key.startsWith(prefix)) {
                break;
            }

            final String rolledUp = rollUp(key);
            if (rolledUp != null && (rolledUp.equals(after) || rolledUp.equals(last))) {
                continue;
            }

            final List<StoredVersion> versions = key.equals(after) ? olderThan(version, items.apply(entry.getValue())) : items.apply(entry.getValue());
            if (rolledUp != null && !versions.isEmpty()) {
                if (listed.size() + prefixes.size() == most) {
                    return new Page<>(listed, prefixes, last);
                }

                prefixes.add(rolledUp);
                last = rolledUp;
                continue;
            }

            for (final StoredVersion item : versions) {
                if (listed.size() + prefixes.size() == most) {
                    return new Page<>(listed, prefixes, last);
                }

                listed.add(item);
                last = key;
            }
        }

        return new Page<>(listed, prefixes, null);
    }

    private String begin() {
        return Bucket.compareKeys(prefix, after) > 0 ? prefix : after;
    }

    private String rollUp(final String key) {
        final int index = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
        return index < 0 ? null : key.substring(0, index + delimiter.length());
    }

    private static List<StoredVersion> olderThan(final String version, final List<StoredVersion> versions) {
        for (int index = 0; index < versions.size(); index++) {
            if (versions.get(index).versionId().equals(version)) {
                return versions.subList(index + 1, versions.size());
            }
        }

        return List.of();
    }
}
