package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.ObjectMapper;
import picocli.CommandLine;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** The main job in one command: a real NiFi with this bundle moves tables between the sandbox's clusters, and what came of it is proven. */
@CommandLine.Command(name = "bin/demo", sortOptions = false, usageHelpAutoWidth = true,
        description = "Moves TPC-H and a table of hard values from one Redshift cluster to another with a real NiFi, all on this machine, and proves the outcome.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:Every value arrived, nothing staged is left, and no secret was written to disk.", "1:Something of this does not hold.", "2:The command line is not right."})
public final class Demo implements Callable<Integer> {
    private static final double LARGEST_SCALE = 100;
    private static final Set<String> ISOLATION_LEVELS = Set.of("snapshot", "serializable");

    @CommandLine.Option(names = "--scale", paramLabel = "FACTOR", defaultValue = "0.01",
            description = "TPC-H's scale factor. 1 is 8.7 million rows. Default: ${DEFAULT-VALUE}")
    private double scale;

    @CommandLine.Option(names = "--encryption", paramLabel = "MODE", defaultValue = "sse-kms", converter = EncryptionModeConverter.class, completionCandidates = EncryptionModes.class,
            description = "How staged data is encrypted: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private EncryptionMode encryption;

    @CommandLine.Option(names = "--isolation", paramLabel = "LEVEL", defaultValue = "snapshot",
            description = "Isolation level of the clusters' databases: snapshot, or serializable as on older provisioned clusters. Default: ${DEFAULT-VALUE}")
    private String isolation;

    @CommandLine.Option(names = "--keep", description = "Leave NiFi and the sandbox running at the end, until Ctrl-C.")
    private boolean keep;

    @CommandLine.Option(names = "--report", paramLabel = "FILE", description = "Write the outcome as JSON.")
    private Path reportFile;

    @CommandLine.Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this.")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec command;

    private final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    private volatile boolean interrupted;

    /** Runs the demonstration and ends the process with its exit status. */
    public static void main(final String[] arguments) {
        System.exit(new CommandLine(new Demo()).setExecutionExceptionHandler(Demo::explain).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (!(scale > 0 && scale <= LARGEST_SCALE)) {
            throw new CommandLine.ParameterException(command.commandLine(), "--scale must be above 0 and at most 100, not %s".formatted(scale));
        }

        if (!ISOLATION_LEVELS.contains(isolation)) {
            throw new CommandLine.ParameterException(command.commandLine(), "--isolation must be snapshot or serializable, not %s".formatted(isolation));
        }

        final long startedAt = System.nanoTime();
        final Build build = Build.current();
        final Path folder = build.target().resolve("demo").resolve(Long.toString(ProcessHandle.current().pid()));
        Folders.delete(folder);
        final Landscape landscape = new Landscape(build, folder);
        final CountDownLatch stopped = new CountDownLatch(1);
        final Thread stopper = new Thread(() -> {
            interrupted = true;
            stop(landscape);
        }, "stop");
        Runtime.getRuntime().addShutdownHook(stopper);

        try {
            final MigrationReport report = demonstrate(landscape, startedAt);
            tell(report);

            if (keep) {
                out.printf("%nNiFi is at %s and the sandbox runs on, until Ctrl-C (or kill %d).%n", landscape.niFi().userInterface(), ProcessHandle.current().pid());
                stopped.await();
            }

            landscape.close();
            Folders.delete(folder);
            return report.holds() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        } catch (final Exception exception) {
            if (interrupted) {
                // The processes were stopped under the demonstration's feet; the JVM ends with the signal's status.
                stopped.await();
            }

            landscape.close();
            out.printf("%nWhat NiFi and the sandbox wrote is below %s.%n", folder);
            throw exception;
        }
    }

    private MigrationReport demonstrate(final Landscape landscape, final long startedAt) throws Exception {
        final ConsoleNarrator narrator = new ConsoleNarrator(out, Boolean.getBoolean("demo.terminal"));
        out.printf(Locale.ROOT, "Redshift Unload/Copy: TPC-H at scale %s and a table of hard values, %s, %s isolation%n%n", Double.toString(scale).replaceAll("\\.0$", ""), encryption.label(),
                isolation);

        narrator.step("Start the sandbox: S3, KMS, two Redshift clusters", () -> {
            landscape.startSandbox(scale, "--isolation=" + isolation);
            landscape.launchNiFi();
            return null;
        });
        narrator.step("Load %d tables into the source".formatted(Landscape.tables().size()), () -> {
            for (final Table table : Landscape.tables()) {
                narrator.progress(table.qualifiedName());
                landscape.loadSource(table, scale);
            }

            return null;
        });
        narrator.step("Start NiFi with the bundle", () -> {
            landscape.awaitNiFi();
            return null;
        });

        return new Migration(landscape, scale, narrator).run(encryption, startedAt);
    }

    private void tell(final MigrationReport report) throws IOException {
        final long rows = report.tables().stream().mapToLong(TableReport::rowsLoaded).sum();
        out.printf("%n%s%n", ReportTable.format(report));
        out.printf(Locale.ROOT, "  %,d rows in %.1f s; staged objects left: %d; secrets found on disk: %d; everything took %.1f s.%n", rows, report.migrationSeconds(),
                report.stagedObjectsLeft(), report.secretsFoundOnDisk(), report.totalSeconds());
        out.println(report.holds() ? "  All of it holds." : "  NOT ALL OF IT HOLDS.");

        if (reportFile != null) {
            Files.writeString(reportFile, new ObjectMapper().writeValueAsString(report) + "\n");
        }
    }

    private void stop(final Landscape landscape) {
        try {
            landscape.close();
        } catch (final IOException exception) {
            System.err.println(exception.getMessage());
            List.of(exception.getSuppressed()).forEach(System.err::println);
        }
    }

    private static int explain(final Exception exception, final CommandLine commandLine, final CommandLine.ParseResult arguments) {
        commandLine.getErr().println("The demonstration failed: " + (exception.getMessage() == null ? exception : exception.getMessage()));

        for (Throwable cause = exception.getCause(); cause != null; cause = cause.getCause()) {
            commandLine.getErr().println("  because of " + cause);
        }

        return CommandLine.ExitCode.SOFTWARE;
    }

    /** The names that the option takes. */
    static final class EncryptionModes implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            final Set<String> names = new TreeSet<>();
            List.of(EncryptionMode.values()).forEach(mode -> names.add(mode.option()));
            return names.iterator();
        }
    }

    /** Takes the option's spelling. */
    static final class EncryptionModeConverter implements CommandLine.ITypeConverter<EncryptionMode> {
        @Override
        public EncryptionMode convert(final String value) {
            for (final EncryptionMode mode : EncryptionMode.values()) {
                if (mode.option().equals(value)) {
                    return mode;
                }
            }

            throw new CommandLine.TypeConversionException("'%s' is neither sse-kms nor client-side".formatted(value));
        }
    }
}
