package io.github.unloadcopy.sandbox.s3.awssdk;

import java.util.List;

/**
 * One page of a listing.
 *
 * @param prefixes what keys with the delimiter are rolled up into
 * @param last the last key or prefix, null when the listing ends here
 */
record Page<T>(List<T> items, List<String> prefixes, String last) {
}
