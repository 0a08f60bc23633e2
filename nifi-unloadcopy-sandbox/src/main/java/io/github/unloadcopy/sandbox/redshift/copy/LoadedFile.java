package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.sql.S3Location;

/**
 * A file that was read.
 *
 * @param firstRow rows that files before it gave
 * @param rows rows that PostgreSQL was given of it
 * @param lines records, those in error among them
 */
public record LoadedFile(S3Location location, long firstRow, long rows, long lines) {
}
