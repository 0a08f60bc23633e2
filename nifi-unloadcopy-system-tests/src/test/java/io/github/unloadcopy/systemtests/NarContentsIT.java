package io.github.unloadcopy.systemtests;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

/** What is in the NAR: what is ours and what no parent NAR carries, and nothing else. */
class NarContentsIT {
    private static final String LIBRARIES = "META-INF/bundled-dependencies/";

    @Test
    void carriesWhatItsParentDoesNot() throws IOException {
        try (ZipFile nar = open()) {
            final List<String> libraries = nar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.startsWith(LIBRARIES) && name.endsWith(".jar"))
                    .map(name -> name.substring(LIBRARIES.length()).replaceFirst("-\\d.*", ""))
                    .sorted()
                    .toList();

            assertEquals(List.of(
                    "HikariCP",
                    "arns",
                    "aws-json-protocol",
                    "aws-xml-protocol",
                    "crt-core",
                    "itu",
                    "json-schema-validator",
                    "kms",
                    "nifi-unloadcopy-core",
                    "nifi-unloadcopy-processors",
                    "redshift-jdbc42",
                    "s3"), libraries);
        }
    }

    @Test
    void carriesLicensesAndDocumentation() throws IOException {
        try (ZipFile nar = open()) {
            assertNotNull(nar.getEntry("META-INF/LICENSE"));
            assertNotNull(nar.getEntry("META-INF/NOTICE"));

            for (final String component : List.of("processors.DecryptConfig", "processors.RedshiftUnload", "processors.RedshiftCopy", "processors.PurgeS3Prefix",
                    "services.StandardKmsCredentialsService", "services.RedshiftConnectionPool", "services.StandardMigrationRunService")) {
                assertNotNull(nar.getEntry("META-INF/docs/additional-details/io.github.unloadcopy.%s/additionalDetails.md".formatted(component)), component);
            }
        }
    }

    private static ZipFile open() throws IOException {
        return new ZipFile(Build.current().bundle().toFile());
    }
}
