package io.github.unloadcopy.sandbox.redshift.unload;

import io.github.unloadcopy.sandbox.redshift.sql.S3Location;
import io.github.unloadcopy.sandbox.redshift.sql.UnloadStatement;

/**
 * Names of the objects that an UNLOAD writes: page UNLOAD of the Redshift Database Developer Guide, parameters TO, PARALLEL and EXTENSION.
 */
final class FileNames {

    private final UnloadStatement statement;
    private final String folder;

    FileNames(final UnloadStatement statement) {
        this(statement, "");
    }

    private FileNames(final UnloadStatement statement, final String folder) {
        this.statement = statement;
        this.folder = folder;
    }

    /** The names in the folder of a partition. */
    FileNames in(final String otherFolder) {
        return new FileNames(statement, otherFolder);
    }

    /** What the names of all data files begin with. */
    S3Location prefix() {
        return statement.target().withKey(statement.target().key() + folder);
    }

    S3Location data(final int slice, final int part) {
        final String number = statement.parallel() ? String.format("%04d_part_%02d", slice, part) : String.format("%03d", part);
        return prefix().withKey(prefix().key() + number + extension());
    }

    S3Location manifest() {
        return statement.target().withKey(statement.target().key() + "manifest");
    }

    private String extension() {
        if (statement.extension() != null) {
            return statement.extension().startsWith(".") ? statement.extension() : '.' + statement.extension();
        }

        return statement.format() instanceof UnloadStatement.Parquet ? ".parquet" : statement.compression().extension();
    }
}
