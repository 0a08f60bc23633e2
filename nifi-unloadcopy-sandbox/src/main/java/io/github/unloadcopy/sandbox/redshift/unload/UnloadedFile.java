package io.github.unloadcopy.sandbox.redshift.unload;

import io.github.unloadcopy.sandbox.redshift.sql.S3Location;

/**
 * One object that an UNLOAD wrote.
 *
 * @param slice number of the slice, from 0
 * @param records lines, the header among them
 * @param bytes size as stored
 */
public record UnloadedFile(S3Location location, int slice, long records, long bytes) {
}
