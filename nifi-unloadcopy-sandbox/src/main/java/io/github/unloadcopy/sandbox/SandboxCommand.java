package io.github.unloadcopy.sandbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/**
 * The sandbox's command line: starts it, says on standard output where it is, and runs until it is told to stop.
 */
@Command(name = "sandbox", mixinStandardHelpOptions = true, version = "Redshift Unload/Copy sandbox",
        description = "Starts S3, KMS and two Redshift clusters on loopback, says how to reach them, and runs until Ctrl-C. Without --data, nothing in it outlives it.", sortOptions = false,
        exitCodeListHeading = "%nExit status:%n", exitCodeList = {"0:stopped cleanly", "1:could not start, as when a port is taken, or could not stop", "2:wrong options"},
        footerHeading = "%nExamples:%n", footer = {
            "  sandbox",
            "  sandbox --source-port=5439 --target-port=5440 --s3-port=9000 --kms-port=9001",
            "  sandbox --data=~/.redshift-sandbox        goes on with what is there",
            "  (umask 077; sandbox --json > sandbox.json)        it holds secrets",
            "    region, accessKeyId, secretAccessKey, caFile, iamRole; s3 and kms, each with its endpoint; control, with endpoint, token, headerFile;",
            "    clusters, each with name, host, port, database, user, password",
            "  curl -H @HEADERFILE -d '{\"match\":{\"service\":\"s3\",\"operation\":\"GetObject\"},\"chance\":{\"count\":2},\"effect\":{\"type\":\"ERROR\",\"code\":\"SlowDown\"}}' CONTROL/faults",
            "    makes S3 refuse two downloads; curl -H @HEADERFILE CONTROL/ lists all that can be asked",
            "",
            "--data keeps the clusters' databases, S3's buckets and objects, KMS's keys and aliases, the access key, the passwords,"
            + " and the certificates (which last 30 days; the start on the last of them makes new ones)."
            + " It does not keep sessions and changes of IAM, earlier versions of objects, uploads in parts that are not completed,"
            + " and the settings, policies, access control lists and tags of buckets and objects.",
            "Data survives when the sandbox is killed, and not for sure when the machine goes down.",
            "The folder holds secrets: it is 0700, and its files with passwords, keys, certificates and objects are 0600. They are not encrypted."})
public final class SandboxCommand implements Callable<Integer> {

    private static final String QUIET_LOGS = "warn";
    private static final int HELP_WIDTH = 160;

    private final PrintStream out;
    private final InputStream in;
    private final CountDownLatch stop = new CountDownLatch(1);

    @Option(names = "--json", description = "Print one line of JSON instead of text.")
    private boolean json;

    @Option(names = "--work-dir", paramLabel = "DIR", description = "Folder for everything that must be a file; empty or absent, and emptied at the end. Default: a new one for temporary files.")
    private Path workDirectory;

    @Option(names = "--data", paramLabel = "DIR", description = "Keep data in this folder, and go on with what is there; for one sandbox at a time. It holds secrets: see below.")
    private Path dataDirectory;

    @Option(names = "--cache", paramLabel = "DIR",
            description = "Folder for unpacked PostgreSQL binaries, for every start to use; it stays, and is this user's alone. Default: cache beside the sandbox's jar.")
    private Path cacheDirectory;

    @Option(names = "--region", paramLabel = "REGION", defaultValue = SandboxOptions.DEFAULT_REGION, description = "AWS Region of KMS, clusters and buckets. Default: ${DEFAULT-VALUE}")
    private String region;

    @Option(names = "--s3-port", paramLabel = "PORT", defaultValue = "0", description = "Default: a free one.")
    private int s3Port;

    @Option(names = "--kms-port", paramLabel = "PORT", defaultValue = "0", description = "Default: a free one.")
    private int kmsPort;

    @Option(names = "--control-port", paramLabel = "PORT", defaultValue = "0", description = "Default: a free one.")
    private int controlPort;

    @Option(names = "--source-port", paramLabel = "PORT", defaultValue = "0", description = "Default: a free one.")
    private int sourcePort;

    @Option(names = "--target-port", paramLabel = "PORT", defaultValue = "0", description = "Default: a free one.")
    private int targetPort;

    @Option(names = "--slices", paramLabel = "N", defaultValue = "" + SandboxOptions.DEFAULT_SLICES, description = "Slices of each cluster. Default: ${DEFAULT-VALUE}")
    private int slices;

    @Option(names = "--isolation", paramLabel = "LEVEL", defaultValue = "snapshot",
            description = "Isolation level of the clusters' databases: snapshot, or serializable as on older provisioned clusters. Default: ${DEFAULT-VALUE}")
    private IsolationLevel isolation;

    @Option(names = "--retire-client-side-encryption", description = "Refuse MASTER_SYMMETRIC_KEY in UNLOAD and COPY, as real clusters do after April 30, 2026.")
    private boolean clientSideEncryptionRetired;

    @Option(names = "--statements-outlive-clients", negatable = true, defaultValue = "true", fallbackValue = "true",
            description = "Whether an UNLOAD or COPY goes on when its client disconnects, as real clusters document it for COPY. Outside of BEGIN ... END it commits. Default: it does.")
    private boolean statementsOutliveClients;

    @Option(names = "--extra-float-digits", negatable = true, defaultValue = "true", fallbackValue = "true",
            description = "Whether REAL and DOUBLE PRECISION columns of tables obey extra_float_digits when they become text. If not, they have 6 and 15 digits, as was seen on a cluster."
                    + " Default: they do.")
    private boolean extraFloatDigits;

    @Option(names = "--show-discovery", negatable = true, defaultValue = "false", fallbackValue = "true",
            description = "Whether the Redshift driver is told to ask SHOW TABLES, SHOW COLUMNS and SHOW CONSTRAINTS for metadata, which show what the user may read. Default: it queries the catalog.")
    private boolean showDiscovery;

    @Option(names = "--stop-on-stdin-close", description = "Stop when standard input ends, so that the sandbox ends with the process that started it.")
    private boolean stopOnStdinClose;

    SandboxCommand(final PrintStream out, final InputStream in) {
        this.out = out;
        this.in = in;
    }

    /** Ends with 0 after a clean stop, 2 for wrong options, and 1 when something failed. */
    public static void main(final String[] arguments) {
        // Both are read once, before the first use: small answers at once, and logs on standard error only when something is wrong.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", System.getProperty("org.slf4j.simpleLogger.defaultLogLevel", QUIET_LOGS));
        System.exit(commandLine(System.out, System.in).execute(arguments));
    }

    static CommandLine commandLine(final PrintStream out, final InputStream in) {
        return new CommandLine(new SandboxCommand(out, in)).setUsageHelpWidth(HELP_WIDTH).setCaseInsensitiveEnumValuesAllowed(true).setExecutionExceptionHandler((failure, command, result) -> {
            command.getErr().println("The sandbox did not run: " + failure.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        });
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        final SandboxOptions options = new SandboxOptions(workFolder(), dataDirectory, cacheFolder(), region, s3Port, kmsPort, controlPort, sourcePort, targetPort, slices,
                clientSideEncryptionRetired, statementsOutliveClients, extraFloatDigits, showDiscovery, isolation);
        try (Sandbox sandbox = new Sandbox(options)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stopOnSignal(sandbox), "stop"));
            if (stopOnStdinClose) {
                Thread.ofPlatform().daemon().name("stdin").start(this::awaitEndOfInput);
            }

            final SandboxEndpoints endpoints = sandbox.start();
            out.println(json ? new ObjectMapper().writeValueAsString(endpoints) : new ReadyText(endpoints, dataDirectory == null ? null : dataDirectory.toAbsolutePath().toString()).toString());
            out.flush();
            stop.await();
        }

        return CommandLine.ExitCode.OK;
    }

    private Path workFolder() {
        if (workDirectory == null) {
            workDirectory = Path.of(System.getProperty("java.io.tmpdir"), "unloadcopy-sandbox-" + UUID.randomUUID());
        }

        return workDirectory;
    }

    private Path cacheFolder() throws IOException {
        if (cacheDirectory != null) {
            return cacheDirectory;
        }

        try {
            final Path beside = Path.of(SandboxCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI()).resolveSibling("cache");
            return Files.isWritable(Files.exists(beside) ? beside : beside.getParent()) ? beside : workFolder().resolve("cache");
        } catch (final URISyntaxException e) {
            throw new IOException("The sandbox cannot tell where it is: say --cache.", e);
        }
    }

    private void awaitEndOfInput() {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (final IOException e) {
            // A standard input that cannot be read has ended as well.
            System.err.println("Standard input failed: " + e.getMessage());
        } finally {
            stop.countDown();
        }
    }

    /** On a signal the JVM is already on its way out: all that can be done about a failure is to say it. */
    private static void stopOnSignal(final Sandbox sandbox) {
        try {
            sandbox.close();
        } catch (final IOException e) {
            System.err.println(e.getMessage());
        }
    }
}
