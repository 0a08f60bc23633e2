package io.github.unloadcopy.cli;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The program: prepares keys, encrypted values and configurations for the flow. */
@Command(name = "unloadcopy", versionProvider = UnloadCopyCommand.Version.class, mixinStandardHelpOptions = true, scope = ScopeType.INHERIT, sortOptions = false, usageHelpAutoWidth = true,
        description = "Prepares what the Redshift Unload/Copy flow needs: the KMS key, encrypted values, a checked configuration. No secret is ever taken from the command line or printed.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            ExitStatus.OK + ":done",
            ExitStatus.CHECK_FAILED + ":what was checked is wrong: a value does not decrypt, a configuration cannot be used, a check failed",
            ExitStatus.USAGE + ":the command line is wrong",
            ExitStatus.AWS + ":KMS or S3 refused, or cannot be reached",
            ExitStatus.INPUT + ":a file, standard input, standard output or the terminal cannot be used",
            ExitStatus.INTERNAL + ":a mistake of this program"
        },
        subcommands = {CreateKeyCommand.class, EncryptValueCommand.class, DecryptCheckCommand.class, EncryptConfigCommand.class, ConvertConfigCommand.class, CheckConfigCommand.class,
            PrintSchemaCommand.class, GenerateCompletion.class})
public final class UnloadCopyCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Ends with one of the documented exit statuses. */
    public static void main(final String[] arguments) {
        // Read once, before the first use. The built-in console prompts in terminals only; the newer one would claim pipes, too.
        System.setProperty("jdk.console", "java.base");
        final PrintWriter out = new PrintWriter(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        final PrintWriter err = new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        final int status = commandLine().setOut(out).setErr(err).execute(arguments);
        out.flush();
        System.exit(status);
    }

    static CommandLine commandLine() {
        // What begins with @ or - and is no option is a value that was typed by mistake: not a file to read, and not several short options.
        return new CommandLine(new UnloadCopyCommand()).setCaseInsensitiveEnumValuesAllowed(true).setExpandAtFiles(false).setPosixClusteredShortOptionsAllowed(false)
                .setParameterExceptionHandler(new UsageErrors()).setExecutionExceptionHandler(new Failures());
    }

    @Override
    public void run() {
        throw new UsageErrors.NoCommandException(spec.commandLine());
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            final String version = UnloadCopyCommand.class.getPackage().getImplementationVersion();
            return new String[] {"unloadcopy " + (version == null ? "(not packaged)" : version)};
        }
    }
}
