package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.cli.Check.Outcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Looks at everything that a migration needs, and moves and writes nothing. */
@Command(name = "check-config",
        description = {
            "Checks a configuration: its fields, that KMS decrypts its secrets, that the buckets are there and in the Region, that both clusters let their users in, that these may read and load "
                + "the tables, and that the columns pair. Prints which tables would move. Moves and writes nothing.",
            "Needs kms:Decrypt, s3:ListBucket on the buckets, and s3:GetObject for a configuration in S3."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unloadcopy check-config --region eu-west-1 config.json",
            "  unloadcopy check-config --region eu-west-1 --target-table create-if-missing --create-schema config.json",
            "  unloadcopy check-config --region eu-west-1 --json s3://my-bucket/config.json"
        })
final class CheckConfigCommand extends AnsweringCommand {
    private static final String UNKNOWN_ROWS = "unknown";

    @Parameters(paramLabel = "LOCATION", description = "The configuration: a local path, or s3://bucket/key.")
    private String location;

    @Option(names = "--root-certificate", paramLabel = "FILE", description = "PEM file with the authorities of the clusters' certificates, if Java does not trust them already.")
    private Path rootCertificate;

    @Option(names = "--ledger-table", paramLabel = "SCHEMA.TABLE", defaultValue = "public.unloadcopy_loads",
            description = "The Load Ledger Table of RedshiftCopy, on the target. Default: ${DEFAULT-VALUE}")
    private String ledgerTable;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "15", description = "How long to wait for a cluster to let the user in. Default: ${DEFAULT-VALUE}")
    private int timeoutSeconds;

    @Mixin
    private TargetTables targetTables;

    @Mixin
    private AwsOptions aws;

    @Override
    Answer answer() throws Exception {
        final Checks checks = new Checks();
        final List<Move> moves;

        try (AwsClients clients = aws.clients()) {
            final ClusterLogin login = new ClusterLogin(clients.secrets(), rootCertificate, timeoutSeconds);
            moves = new ConfigCheck(clients, checks, new TableChecks(login, checks, LedgerName.parse(ledgerTable), targetTables)).run(location);
        }

        final List<String> notes = List.of("not checked, since only an UNLOAD or COPY shows it: whether the clusters may assume the role, and what the role may do",
                "NiFi reaches clusters and AWS from its own nodes: \"Verify\" in its components checks it from there");
        return new Answer(checks.failed() ? ExitStatus.CHECK_FAILED : ExitStatus.OK, text(checks, moves), json(checks, moves), notes);
    }

    private static String text(final Checks checks, final List<Move> moves) {
        final StringBuilder text = new StringBuilder();
        final int width = checks.done().stream().mapToInt(check -> check.name().length()).max().orElse(0);

        for (final Check check : checks.done()) {
            // Only our own words are markup: a message may hold anything.
            text.append(Ansi.AUTO.string(check.outcome().markup())).append(("  %-" + Math.max(1, width) + "s  ").formatted(check.name())).append(check.message().replaceAll("\\s+", " ")).append('\n');
        }

        if (!moves.isEmpty()) {
            text.append('\n').append(table(moves));
        }

        return text.toString();
    }

    private static String table(final List<Move> moves) {
        final int source = width("source", moves.stream().map(CheckConfigCommand::source).toList());
        final int target = width("target", moves.stream().map(move -> move.target().toString()).toList());
        final String format = "%-" + source + "s    %-" + target + "s  %15s%n";
        final StringBuilder table = new StringBuilder(format.formatted("source", "target", "rows (about)"));

        for (final Move move : moves) {
            table.append(format.formatted(source(move), move.target(), move.rows().isPresent() ? "%,d".formatted(move.rows().getAsLong()) : UNKNOWN_ROWS));
        }

        return table.toString();
    }

    private static String source(final Move move) {
        return move.query() ? "part of " + move.source() : move.source().toString();
    }

    private static int width(final String heading, final List<String> values) {
        return Math.max(heading.length(), values.stream().mapToInt(String::length).max().orElse(0));
    }

    private static ObjectNode json(final Checks checks, final List<Move> moves) {
        final ObjectNode json = new ObjectMapper().createObjectNode();
        final ArrayNode list = json.putArray("checks");

        for (final Check check : checks.done()) {
            list.addObject().put("name", check.name()).put("outcome", name(check.outcome())).put("message", check.message());
        }

        final ArrayNode tables = json.putArray("tables");

        for (final Move move : moves) {
            final ObjectNode table = tables.addObject();
            table.putObject("source").put("schema", move.source().schema()).put("table", move.source().table());
            table.putObject("target").put("schema", move.target().schema()).put("table", move.target().table());
            table.put("rows", move.rows().isPresent() ? Long.valueOf(move.rows().getAsLong()) : null);
            table.put("query", move.query());
        }

        return json;
    }

    private static String name(final Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}
