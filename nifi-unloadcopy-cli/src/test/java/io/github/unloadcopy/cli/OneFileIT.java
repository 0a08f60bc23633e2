package io.github.unloadcopy.cli;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is in the file that people run. */
class OneFileIT {
    @Test
    void holdsLicencesAndNoSignatures() throws IOException {
        try (JarFile jar = new JarFile(System.getProperty("unloadcopy.cli.jar"))) {
            final List<String> names = jar.stream().map(ZipEntry::getName).toList();

            assertEquals(names.size(), names.stream().distinct().count());
            assertEquals(List.of(), names.stream().filter(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)|(.*/)?module-info\\.class|.*\\.java|META-INF/maven/.+")).toList());
            assertTrue(names.containsAll(List.of("META-INF/LICENSE", "META-INF/NOTICE", "licences/aws-sdk/META-INF/NOTICE.txt", "licences/slf4j/META-INF/LICENSE.txt",
                    "licences/redshift-jdbc42/META-INF/LICENSE", "licences/jackson/META-INF/NOTICE")), () -> "Licences: " + names.stream().filter(name -> name.startsWith("licences/")).toList());
            assertEquals("true", jar.getManifest().getMainAttributes().getValue("Multi-Release"));
            assertNotNull(jar.getEntry("META-INF/services/java.sql.Driver"));
        }
    }

    @Test
    void helpGoesToStandardOutputAndUsesNoAws() throws Exception {
        final CliRun run = CliRun.of("", "--help").requireStatus(ExitStatus.OK);

        assertTrue(run.out().contains("encrypt-value"), run.out());
        assertEquals("", run.err());
    }

    @Test
    void printsThePublishedSchema() throws Exception {
        assertEquals(Files.readString(ExampleConfiguration.FOLDER.resolveSibling("unload-copy-config.schema.json")),
                CliRun.of(Map.of(), "", "print-schema").requireStatus(ExitStatus.OK).out());
        assertEquals("Redshift Unload/Copy configuration", CliRun.of(Map.of(), "", "print-schema", "--json").requireStatus(ExitStatus.OK).json().at("/schema/title").asText());
    }
}
