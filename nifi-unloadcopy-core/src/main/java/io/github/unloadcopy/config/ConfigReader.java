package io.github.unloadcopy.config;

/** Reads the original utility's configuration file, in every shape that exists in the field. */
public final class ConfigReader {
    /**
     * Reads and checks one configuration.
     *
     * @param json the document, UTF-8
     * @return the configuration, and what looks odd about it
     * @throws ConfigException when anything about the document is wrong
     */
    public ParsedConfig read(final byte[] json) throws ConfigException {
        throw new UnsupportedOperationException();
    }
}
