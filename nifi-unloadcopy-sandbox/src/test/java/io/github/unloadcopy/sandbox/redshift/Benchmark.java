package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.iam.Role;
import io.trino.tpch.LineItem;
import io.trino.tpch.TpchTable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Rows per second of UNLOAD and COPY beside PostgreSQL's own COPY … PROGRAM, on the same cluster and the same rows, in turns. {@code bin/benchmark} runs it; no test does.
 */
@Command(name = "bin/benchmark", mixinStandardHelpOptions = true, description = "Measures the sandbox's UNLOAD and COPY beside PostgreSQL's own COPY with gzip, and prints a table in Markdown.")
final class Benchmark implements Callable<Integer> {

    private static final String ROLE = " IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "' ";
    private static final String COLUMNS = "(l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber integer, l_quantity numeric(12,2), l_extendedprice numeric(12,2), "
            + "l_discount numeric(12,2), l_tax numeric(12,2), l_returnflag char(1), l_linestatus char(1), l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct char(25), "
            + "l_shipmode char(10), l_comment varchar(44))";
    private static final String TEXT_BASE = "PostgreSQL text, gzip";
    private static final String CSV_BASE = "PostgreSQL CSV, gzip";
    private static final double NANOS_PER_SECOND = 1e9;
    private static final PrintStream OUT = System.out;

    @Option(names = "--scale", defaultValue = "0.1", description = "Scale of TPC-H: 0.1 is 600,572 rows. Default: ${DEFAULT-VALUE}.")
    private double scale;

    @Option(names = "--rounds", defaultValue = "5", description = "How often each is measured, after one round that is not counted. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--only", split = ",", description = "Names of the subjects to measure, instead of all.")
    private Set<String> only = Set.of();

    @Option(names = "--memory", split = ",", arity = "0..1", fallbackValue = "1,3,10",
            description = "Measures the heap instead, for so many millions of rows. Default: 1,3,10. Objects are kept in files meanwhile.")
    private List<Integer> millions;

    private final Map<String, List<Double>> speeds = new LinkedHashMap<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();
    private long rows;

    private Benchmark() {
    }

    public static void main(final String[] args) {
        System.exit(new CommandLine(new Benchmark()).execute(args));
    }

    @Override
    public Integer call() throws IOException, SQLException {
        if (millions != null) {
            OUT.print(new HeapBenchmark(Path.of(System.getProperty("java.io.tmpdir"))).run(millions));
            return 0;
        }

        final TestCluster cluster = TestCluster.get();
        final String bucket = cluster.bucket();
        try (Connection connection = cluster.connect(); Connection behind = cluster.cluster().connectBehind(TestCluster.DATABASE)) {
            load(cluster, bucket, connection);
            final List<Subject> subjects = subjects(bucket).stream().filter(subject -> only.isEmpty() || only.contains(subject.name())).toList();
            for (int round = 0; round <= rounds; round++) {
                for (final Subject subject : subjects) {
                    measure(subject, subject.behind() ? behind : connection, cluster, bucket, round > 0);
                }

                System.err.println("round " + round + " of " + rounds + " done");
            }
        }

        print();
        return 0;
    }

    private void load(final TestCluster cluster, final String bucket, final Connection connection) throws SQLException {
        final StringBuilder lines = new StringBuilder();
        for (final LineItem item : TpchTable.LINE_ITEM.createGenerator(scale, 1, 1)) {
            lines.append(item.toLine(), 0, item.toLine().length() - 1).append('\n');
            rows++;
        }

        cluster.s3().putObject(request -> request.bucket(bucket).key("tpch"), RequestBody.fromBytes(lines.toString().getBytes(StandardCharsets.US_ASCII)));
        Rows.execute(connection, "CREATE TABLE source " + COLUMNS, "CREATE TABLE target " + COLUMNS, "COPY source FROM 's3://" + bucket + "/tpch'" + ROLE);
        cluster.s3().deleteObject(request -> request.bucket(bucket).key("tpch"));
    }

    private static List<Subject> subjects(final String bucket) {
        final List<Subject> subjects = new ArrayList<>();
        subjects.add(postgres(TEXT_BASE, "text", "gzip", "gzip -dc"));
        subjects.add(redshift("delimited", bucket, "", ""));
        subjects.add(redshift("delimited, GZIP", bucket, "GZIP", "GZIP"));
        subjects.add(redshift("delimited, BZIP2", bucket, "BZIP2", "BZIP2"));
        subjects.add(redshift("delimited, ZSTD", bucket, "ZSTD", "ZSTD"));
        subjects.add(postgres("PostgreSQL text, gzip -1", "text", "gzip -1", "gzip -dc"));
        subjects.add(redshift("delimited, GZIP, ADDQUOTES ESCAPE", bucket, "GZIP ADDQUOTES ESCAPE", "GZIP REMOVEQUOTES ESCAPE"));
        subjects.add(postgres("PostgreSQL text, plain", "text", "cat", "cat"));
        subjects.add(postgres(CSV_BASE, "csv", "gzip", "gzip -dc"));
        subjects.add(redshift("CSV", bucket, "CSV", "CSV"));
        subjects.add(redshift("CSV, GZIP", bucket, "CSV GZIP", "CSV GZIP"));
        subjects.add(redshift("PARQUET", bucket, "FORMAT AS PARQUET", "FORMAT AS PARQUET"));
        return subjects;
    }

    private static Subject postgres(final String name, final String format, final String pack, final String unpack) {
        return new Subject(name,
                "COPY public.source TO PROGRAM '" + pack + " > benchmark' (FORMAT " + format + ")",
                "COPY public.target FROM PROGRAM '" + unpack + " benchmark' (FORMAT " + format + ")", true);
    }

    private static Subject redshift(final String name, final String bucket, final String unloadOptions, final String copyOptions) {
        return new Subject(name,
                "UNLOAD ('SELECT * FROM source') TO 's3://" + bucket + "/staged/part-'" + ROLE + unloadOptions,
                "COPY target FROM 's3://" + bucket + "/staged/part-'" + ROLE + copyOptions, false);
    }

    private void measure(final Subject subject, final Connection connection, final TestCluster cluster, final String bucket, final boolean counted) throws SQLException {
        try {
            time("out", subject.name(), subject.out(), connection, counted);
        } catch (final SQLException e) {
            if (!e.getMessage().contains("is not supported by the sandbox")) {
                throw e;
            }

            skipped.put(subject.name(), e.getMessage().strip().lines().findFirst().orElseThrow());
            return;
        }

        Rows.execute(connection, "TRUNCATE public.target");
        time("in", subject.name(), subject.in(), connection, counted);
        if (Rows.count(connection, "public.target") != rows) {
            throw new IllegalStateException(subject.name() + " loaded " + Rows.count(connection, "public.target") + " of " + rows + " rows");
        }

        for (final S3Object object : cluster.s3().listObjectsV2(request -> request.bucket(bucket)).contents()) {
            cluster.s3().deleteObject(request -> request.bucket(bucket).key(object.key()));
        }
    }

    private void time(final String direction, final String name, final String sql, final Connection connection, final boolean counted) throws SQLException {
        final long start = System.nanoTime();
        Rows.execute(connection, sql);
        final double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        if (counted) {
            speeds.computeIfAbsent(direction + name, key -> new ArrayList<>()).add(rows / seconds / 1000);
        }
    }

    private void print() {
        OUT.println("TPC-H lineitem, scale " + scale + ", " + rows + " rows; thousands of rows per second, " + rounds
                + " rounds: minimum / median / maximum (median relative to PostgreSQL with gzip).");
        OUT.println();
        OUT.println("| | UNLOAD | COPY |");
        OUT.println("|---|---|---|");
        final List<String> names = speeds.keySet().stream().filter(key -> key.startsWith("out")).map(key -> key.substring("out".length())).toList();
        for (final String name : names) {
            OUT.println("| " + name + " | " + cell("out", name) + " | " + cell("in", name) + " |");
        }

        skipped.forEach((name, reason) -> OUT.println("| " + name + " | skipped: " + reason + " | |"));
    }

    private String cell(final String direction, final String name) {
        final List<Double> values = speeds.get(direction + name);
        final List<Double> base = speeds.get(direction + (name.contains("CSV") ? CSV_BASE : TEXT_BASE));
        final String relative = base == null ? "" : String.format(Locale.ROOT, " (%.2f)", median(values) / median(base));
        return String.format(Locale.ROOT, "%.0f / **%.0f** / %.0f%s", Collections.min(values), median(values), Collections.max(values), relative);
    }

    private static double median(final List<Double> values) {
        final List<Double> sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    /**
     * What is measured.
     *
     * @param out the statement that writes
     * @param in the statement that reads what was written
     * @param behind whether PostgreSQL's superuser runs both, past the front
     */
    private record Subject(String name, String out, String in, boolean behind) {
    }
}
