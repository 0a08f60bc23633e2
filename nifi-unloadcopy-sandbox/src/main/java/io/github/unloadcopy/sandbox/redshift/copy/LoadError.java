package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.sql.S3Location;
import io.github.unloadcopy.sandbox.redshift.text.RowError;

/**
 * A row that was not loaded.
 *
 * @param line from 1
 * @param column null when the record as a whole is wrong
 */
public record LoadError(S3Location file, long line, String column, int columnTypeId, int columnTypeModifier, RowError error, String rawLine) {
}
