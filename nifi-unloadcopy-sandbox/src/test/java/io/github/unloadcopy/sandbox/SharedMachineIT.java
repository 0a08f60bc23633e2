package io.github.unloadcopy.sandbox;

import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.client.SandboxProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What other users of a machine can read, change, or reach of a sandbox. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SharedMachineIT {

    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    @TempDir
    private Path folder;

    @Test
    void filesAreForTheirOwnerOnly() throws Exception {
        try (SandboxProcess sandbox = start("--data=" + folder.resolve("data"))) {
            final SandboxEndpoints endpoints = sandbox.endpoints();
            try (S3Client s3 = S3Client.builder().httpClient(Apache5HttpClient.create()).endpointOverride(URI.create(endpoints.s3().endpoint())).region(Region.of(endpoints.region()))
                    .forcePathStyle(true).credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(endpoints.accessKeyId(), endpoints.secretAccessKey()))).build()) {
                s3.createBucket(request -> request.bucket("kept"));
                s3.putObject(request -> request.bucket("kept").key("key"), RequestBody.fromString("secret"));
            }

            final Path header = Path.of(endpoints.control().headerFile());
            assertEquals("Authorization: " + endpoints.control().authorization() + "\n", Files.readString(header));
            for (final Path root : List.of(folder.resolve("data"), folder.resolve("cache"), header.getParent())) {
                assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(root)), root::toString);
            }

            // Within folders that no other user can enter, files with secrets are for their owner as well, should they ever be moved.
            final List<String> readable = new ArrayList<>();
            for (final Path root : List.of(folder.resolve("data"), header.getParent())) {
                try (Stream<Path> files = Files.walk(root)) {
                    for (final Path file : files.filter(Files::isRegularFile).toList()) {
                        if (isOpen(file) && holdsSecret(file, endpoints)) {
                            readable.add(file.toString());
                        }
                    }
                }
            }

            assertEquals(List.of(), readable);
        }
    }

    private static boolean isOpen(final Path file) throws IOException {
        return Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS).stream().anyMatch(OTHERS::contains);
    }

    private static boolean holdsSecret(final Path file, final SandboxEndpoints endpoints) throws IOException {
        final String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        return Stream.of(endpoints.secretAccessKey(), endpoints.control().token(), endpoints.cluster("source").password(), endpoints.cluster("target").password(), "PRIVATE KEY", "secret")
                .anyMatch(content::contains) && !file.toString().contains("/clusters/");
    }

    @Test
    void whatOthersCouldHaveChangedIsNotRun() throws Exception {
        final Path cache = Files.createDirectory(folder.resolve("cache"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.writeString(Files.createDirectories(cache.resolve("binaries")).resolve("planted"), "planted");
        final IOException refused = assertThrows(IOException.class, this::start);
        assertTrue(refused.getMessage().contains(cache + " cannot be trusted") && refused.getMessage().contains("Delete it, or name another with --cache"), refused::getMessage);
        assertEquals("planted", Files.readString(cache.resolve("binaries/planted")));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThrows(IOException.class, this::start);
    }

    @Test
    void linksToFoldersOfOthersAreNotFollowed() throws Exception {
        Files.createSymbolicLink(folder.resolve("cache"), Files.createDirectory(folder.resolve("elsewhere")));
        final IOException refused = assertThrows(IOException.class, this::start);
        assertTrue(refused.getMessage().contains("it is not a folder"), refused::getMessage);
    }

    @Test
    void foldersThatAnyoneCanReplaceAreRefused() throws Exception {
        final Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        final IOException refused = assertThrows(IOException.class, () -> startIn(open.resolve("cache")));
        assertTrue(refused.getMessage().contains("every user of this machine may write into"), refused::getMessage);
    }

    @Test
    void foldersOfOthersAreNotUsed() throws Exception {
        final Path cache = Files.createDirectory(folder.resolve("cache"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        final Path planted = Files.writeString(cache.resolve("planted"), "planted");
        assumeTrue(giveAway(planted), "Only root can give files away.");
        final IOException refused = assertThrows(IOException.class, this::start);
        assertTrue(refused.getMessage().contains(planted + " belongs to another user"), refused::getMessage);
        giveAway(cache);
        assertTrue(assertThrows(IOException.class, this::start).getMessage().contains("it belongs to"), refused::getMessage);
    }

    private static boolean giveAway(final Path file) throws IOException {
        try {
            Files.setAttribute(file, "unix:uid", 65_534);
            return true;
        } catch (final FileSystemException e) {
            return false;
        }
    }

    @Test
    void postgresBehindAsksForPasswords() throws Exception {
        try (SandboxProcess sandbox = start()) {
            final Path work = Path.of(sandbox.endpoints().control().headerFile()).getParent();
            for (final String cluster : List.of("source", "target")) {
                final Path data = work.resolve(cluster).resolve("data");
                assertEquals("host all all 127.0.0.1/32 md5\n", Files.readString(data.resolve("pg_hba.conf")));
                assertFalse(Files.exists(data.resolve("initial-password")));
                final String port = Files.readAllLines(data.resolve("postmaster.pid")).get(3);
                final Properties properties = new Properties();
                properties.setProperty("user", "postgres");
                properties.setProperty("password", Files.readString(initialPassword()));
                final SQLException refused = assertThrows(SQLException.class, () -> DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", properties));
                assertEquals("28P01", refused.getSQLState());
            }
        }
    }

    private Path initialPassword() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("cache"), 2)) {
            final Path password = files.filter(file -> file.endsWith("initial-password")).findFirst().orElseThrow();
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(password)));
            return password;
        }
    }

    private SandboxProcess start(final String... arguments) throws IOException {
        return startIn(folder.resolve("cache"), arguments);
    }

    private SandboxProcess startIn(final Path cache, final String... arguments) throws IOException {
        final List<String> all = new ArrayList<>(List.of("--cache=" + cache, "--work-dir=" + folder.resolve("work")));
        all.addAll(List.of(arguments));
        return SandboxProcess.start(SandboxProcess.Settings.defaults().withMaximumHeap("512m").withTemporaryFolder(folder.resolve("tmp")).withArguments(all.toArray(String[]::new)));
    }
}
