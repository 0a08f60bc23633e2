package io.github.unloadcopy.cli;

import picocli.CommandLine.Option;

/** The key to encrypt with. */
final class KeyOption {
    static final String DEFAULT_ALIAS = "alias/RedshiftUnloadCopyUtility";

    @Option(names = "--key", paramLabel = "KEY", defaultValue = DEFAULT_ALIAS, description = "Alias, id or ARN of the KMS key. Default: ${DEFAULT-VALUE}")
    private String key;

    String key() {
        return key;
    }
}
