package io.github.unloadcopy.systemtests;

import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** The eight tables of TPC-H in Redshift's dialect, with rows at any scale. Scale 1 has 8.66 million rows, 6 million of them in lineitem. */
public final class TpchTables {
    private static final String SCHEMA = "tpch";
    private static final int PART_BYTES = 8 << 20;
    private static final char DELIMITER = '|';

    private static final Map<TpchTable<?>, Table> TABLES = tables();

    private TpchTables() {
    }

    /** All eight, the small ones first. */
    public static List<Table> all() {
        return List.copyOf(TABLES.values());
    }

    /**
     * Fills a table that exists: its rows go to S3 as gzip files of about 8 MB, from there with one COPY into the cluster, and are deleted there. At no time is more than one file in memory.
     *
     * @param table one of {@link #all()}
     * @param scale TPC-H's scale factor, above 0
     * @param cluster connection to the cluster, with autocommit
     * @param clouds where the files go meanwhile
     * @throws IOException when a file cannot be made
     * @throws SQLException when COPY fails
     */
    public static void load(final Table table, final double scale, final Connection cluster, final Clouds clouds) throws IOException, SQLException {
        final TpchTable<?> generator = TABLES.entrySet().stream().filter(entry -> entry.getValue().equals(table)).findFirst().orElseThrow().getKey();
        final CloudSettings settings = clouds.settings();
        final S3Client s3 = clouds.s3();
        final String bucket = settings.bucket();
        final String prefix = "%sdata/%s/".formatted(settings.prefix(), table.name());
        upload(generator.createGenerator(scale, 1, 1), s3, bucket, prefix);

        try (Statement statement = cluster.createStatement()) {
            statement.execute("COPY %s FROM '%s' IAM_ROLE '%s' REGION '%s' DELIMITER '%s' ESCAPE GZIP COMPUPDATE OFF".formatted(table.qualifiedName(), settings.location(prefix), settings.iamRole(),
                    settings.region(), DELIMITER));
        }

        for (final S3Object file : s3.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix)).contents()) {
            s3.deleteObject(request -> request.bucket(bucket).key(file.key()));
        }
    }

    private static void upload(final Iterable<? extends TpchEntity> rows, final S3Client s3, final String bucket, final String prefix) throws IOException {
        final ByteArrayOutputStream part = new ByteArrayOutputStream(PART_BYTES + (1 << 16));
        Writer writer = new OutputStreamWriter(new GZIPOutputStream(part), StandardCharsets.UTF_8);
        int number = 0;

        for (final TpchEntity row : rows) {
            writer.write(escaped(row.toLine()));
            writer.write('\n');

            if (part.size() >= PART_BYTES) {
                writer.close();
                put(part, s3, bucket, prefix, number++);
                writer = new OutputStreamWriter(new GZIPOutputStream(part), StandardCharsets.UTF_8);
            }
        }

        writer.close();
        put(part, s3, bucket, prefix, number);
    }

    private static void put(final ByteArrayOutputStream part, final S3Client s3, final String bucket, final String prefix, final int number) {
        s3.putObject(request -> request.bucket(bucket).key("%s%04d.gz".formatted(prefix, number)), RequestBody.fromBytes(part.toByteArray()));
        part.reset();
    }

    /** dbgen's line ends with a delimiter, which COPY would take for one more column; and it knows no escapes, so a backslash is itself. */
    private static String escaped(final String line) {
        return line.substring(0, line.length() - 1).replace("\\", "\\\\");
    }

    private static Map<TpchTable<?>, Table> tables() {
        final Map<TpchTable<?>, Table> tables = new LinkedHashMap<>();
        tables.put(TpchTable.REGION, new Table(SCHEMA, "region", List.of("r_regionkey"), """
                r_regionkey INTEGER NOT NULL, r_name CHAR(25) NOT NULL, r_comment VARCHAR(152)""", "DISTSTYLE ALL SORTKEY (r_regionkey)"));
        tables.put(TpchTable.NATION, new Table(SCHEMA, "nation", List.of("n_nationkey"), """
                n_nationkey INTEGER NOT NULL, n_name CHAR(25) NOT NULL, n_regionkey INTEGER NOT NULL, n_comment VARCHAR(152)""", "DISTSTYLE ALL SORTKEY (n_nationkey)"));
        tables.put(TpchTable.SUPPLIER, new Table(SCHEMA, "supplier", List.of("s_suppkey"), """
                s_suppkey BIGINT NOT NULL, s_name CHAR(25) NOT NULL, s_address VARCHAR(40) NOT NULL, s_nationkey INTEGER NOT NULL, s_phone CHAR(15) NOT NULL,
                s_acctbal DECIMAL(12,2) NOT NULL, s_comment VARCHAR(101) NOT NULL""", "DISTKEY (s_suppkey) SORTKEY (s_suppkey)"));
        tables.put(TpchTable.PART, new Table(SCHEMA, "part", List.of("p_partkey"), """
                p_partkey BIGINT NOT NULL, p_name VARCHAR(55) NOT NULL, p_mfgr CHAR(25) NOT NULL, p_brand CHAR(10) NOT NULL, p_type VARCHAR(25) NOT NULL,
                p_size INTEGER NOT NULL, p_container CHAR(10) NOT NULL, p_retailprice DECIMAL(12,2) NOT NULL, p_comment VARCHAR(23) NOT NULL""", "DISTKEY (p_partkey) SORTKEY (p_partkey)"));
        // Below scale 0.01 the generator gives a part the same supplier twice: quantity and cost tell the rows apart.
        tables.put(TpchTable.PART_SUPPLIER, new Table(SCHEMA, "partsupp", List.of("ps_partkey", "ps_suppkey", "ps_availqty", "ps_supplycost"), """
                ps_partkey BIGINT NOT NULL, ps_suppkey BIGINT NOT NULL, ps_availqty INTEGER NOT NULL, ps_supplycost DECIMAL(12,2) NOT NULL,
                ps_comment VARCHAR(199) NOT NULL""", "DISTKEY (ps_partkey) COMPOUND SORTKEY (ps_partkey, ps_suppkey)"));
        tables.put(TpchTable.CUSTOMER, new Table(SCHEMA, "customer", List.of("c_custkey"), """
                c_custkey BIGINT NOT NULL, c_name VARCHAR(25) NOT NULL, c_address VARCHAR(40) NOT NULL, c_nationkey INTEGER NOT NULL, c_phone CHAR(15) NOT NULL,
                c_acctbal DECIMAL(12,2) NOT NULL, c_mktsegment CHAR(10) NOT NULL, c_comment VARCHAR(117) NOT NULL""", "DISTKEY (c_custkey) SORTKEY (c_custkey)"));
        tables.put(TpchTable.ORDERS, new Table(SCHEMA, "orders", List.of("o_orderkey"), """
                o_orderkey BIGINT NOT NULL, o_custkey BIGINT NOT NULL, o_orderstatus CHAR(1) NOT NULL, o_totalprice DECIMAL(12,2) NOT NULL, o_orderdate DATE NOT NULL,
                o_orderpriority CHAR(15) NOT NULL, o_clerk CHAR(15) NOT NULL, o_shippriority INTEGER NOT NULL, o_comment VARCHAR(79) NOT NULL""",
                "DISTKEY (o_orderkey) SORTKEY (o_orderdate)"));
        tables.put(TpchTable.LINE_ITEM, new Table(SCHEMA, "lineitem", List.of("l_orderkey", "l_linenumber"), """
                l_orderkey BIGINT NOT NULL, l_partkey BIGINT NOT NULL, l_suppkey BIGINT NOT NULL, l_linenumber INTEGER NOT NULL, l_quantity DECIMAL(12,2) NOT NULL,
                l_extendedprice DECIMAL(12,2) NOT NULL, l_discount DECIMAL(12,2) NOT NULL, l_tax DECIMAL(12,2) NOT NULL, l_returnflag CHAR(1) NOT NULL,
                l_linestatus CHAR(1) NOT NULL, l_shipdate DATE NOT NULL, l_commitdate DATE NOT NULL, l_receiptdate DATE NOT NULL, l_shipinstruct CHAR(25) NOT NULL,
                l_shipmode CHAR(10) NOT NULL, l_comment VARCHAR(44) NOT NULL""", "DISTKEY (l_orderkey) SORTKEY (l_shipdate)"));
        return tables;
    }
}
