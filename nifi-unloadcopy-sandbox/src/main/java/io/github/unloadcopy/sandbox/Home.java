package io.github.unloadcopy.sandbox;

import io.github.unloadcopy.sandbox.files.SecretFile;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where a sandbox has its files: all of them in a folder that goes with it, or those that matter in one that stays.
 */
final class Home {

    private final Path temporary;
    private final Path kept;
    private final Secrets secrets;

    private Home(final Path temporary, final Path kept, final Secrets secrets) {
        this.temporary = temporary;
        this.kept = kept;
        this.secrets = secrets;
    }

    static Home temporary(final WorkDirectory folder, final String region) {
        return new Home(folder.path(), null, Secrets.create(region));
    }

    /**
     * @throws IOException when the data is of another Region or cannot be read
     */
    static Home kept(final WorkDirectory temporary, final DataFolder folder, final String region) throws IOException {
        SecretFile.folder(folder.path().resolve("clusters"));
        return new Home(temporary.path(), folder.path(), Secrets.in(folder.path().resolve("secrets.json"), region));
    }

    boolean isKept() {
        return kept != null;
    }

    /** What goes when the sandbox stops. */
    Path temporary() {
        return temporary;
    }

    /** The clusters' data. */
    Path clusters() {
        return isKept() ? kept.resolve("clusters") : temporary;
    }

    /** Something that is kept, where anything is. */
    Path kept(final String name) {
        return kept.resolve(name);
    }

    /** For what others read, such as the authority's certificate. */
    Path published(final String name) {
        return (isKept() ? kept : temporary).resolve(name);
    }

    Secrets secrets() {
        return secrets;
    }
}
