package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.iam.AccessKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What the statements of the guide's example pages do (UNLOAD examples, COPY examples, "Loading a column of the VARBYTE data type" and the other notes on COPY), on small tables of the same
 * shapes. {@code {s3}} stands for a new place in S3, {@code {auth}} for a role, {@code {kms}} for a key.
 */
class GuideExamplesIT extends ClusterTest {

    private static final String VENUES = "(1, 'Toyota Park', 'Bridgeview', 'IL', 0), (2, 'Columbus \"Crew\" Stadium', 'Columbus', 'OH', 0), (78, 'INVESCO Field', 'Denver', 'CO', 76125)";
    private static final String MASTER_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private final String folder = UUID.randomUUID() + "/";

    @BeforeEach
    void prepare() throws SQLException {
        Rows.execute(connection, "CREATE TEMP TABLE venue (venueid smallint, venuename varchar(100), venuecity varchar(30), venuestate char(2), venueseats integer)",
                "INSERT INTO venue VALUES " + VENUES, "CREATE TEMP TABLE category (catid smallint, catgroup varchar(10), catname varchar(10), catdesc varchar(50))");
    }

    /** Each with the names of the files that it writes. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "unload ('select * from venue') to '{s3}unload/' {auth} ~ unload/0000_part_00 unload/0001_part_00",
        "unload ('select * from venue') to '{s3}unload/venue_pipe_' {auth} ~ unload/venue_pipe_0000_part_00 unload/venue_pipe_0001_part_00",
        "unload ('select * from venue') to '{s3}unload/' {auth} CSV ~ unload/0000_part_00 unload/0001_part_00",
        "unload ('select * from venue') to '{s3}unload/' {auth} CSV DELIMITER AS '|' ~ unload/0000_part_00 unload/0001_part_00",
        "unload ('select * from venue') to '{s3}venue_pipe_' {auth} manifest ~ venue_pipe_0000_part_00 venue_pipe_0001_part_00 venue_pipe_manifest",
        "unload ('select * from venue') to '{s3}unload_venue_folder/' {auth} manifest verbose ~ unload_venue_folder/0000_part_00 unload_venue_folder/0001_part_00 unload_venue_folder/manifest",
        "unload ('select * from venue') to '{s3}unload/' {auth} maxfilesize 1 gb ~ unload/0000_part_00 unload/0001_part_00",
        "unload ('select * from venue') to '{s3}unload/venue_serial_' {auth} parallel off ~ unload/venue_serial_000",
        "unload ('select * from venue') to '{s3}unload/venue_serial_' {auth} parallel off gzip ~ unload/venue_serial_000.gz",
        "unload ('select * from venue') to '{s3}venue_encrypt_kms' {auth} kms_key_id '{kms}' manifest encrypted ~ venue_encrypt_kms0000_part_00 venue_encrypt_kms0001_part_00 "
                + "venue_encrypt_kmsmanifest",
        "unload ('select * from venue') to '{s3}venue_encrypt_cmk' {auth} master_symmetric_key '{master}' encrypted ~ venue_encrypt_cmk0000_part_00 venue_encrypt_cmk0001_part_00",
        "unload ('select venueid, venuename, venueseats from venue') to '{s3}venue_tab_' {auth} delimiter as '\\t' ~ venue_tab_0000_part_00 venue_tab_0001_part_00",
        "unload ('select * from venue') to '{s3}venue_tab_' {auth} delimiter as '\\t' gzip ~ venue_tab_0000_part_00.gz venue_tab_0001_part_00.gz",
        "unload ('select * from venue') to '{s3}venue_tab_' {auth} extension 'txt.gz' gzip ~ venue_tab_0000_part_00.txt.gz venue_tab_0001_part_00.txt.gz",
        "unload ('select * from venue where venueid in (select venueid from venue order by venueid desc limit 10)') to '{s3}venue_pipe_' {auth} ~ venue_pipe_0000_part_00 venue_pipe_0001_part_00",
        "unload ('select * from venue where venuestate=''OH''') to '{s3}v' {auth} cleanpath ~ v0000_part_00 v0001_part_00",
        "unload ('select venuecity, sum(venueseats) over (partition by venuestate rows between 3 preceding and 3 following) as winsum from venue order by 1') to '{s3}windows_' {auth} ~ "
                + "windows_0000_part_00 windows_0001_part_00",
        "unload ('select * from venue') to '{s3}nulls_' {auth} null as 'null' allowoverwrite csv ~ nulls_0000_part_00 nulls_0001_part_00",
        "unload ('select * from venue') to '{s3}parts' {auth} csv partition by (venuestate) ~ parts/venuestate=CO/0000_part_00 parts/venuestate=IL/0000_part_00 parts/venuestate=OH/0000_part_00"})
    void unload(final String sql, final String files) throws SQLException {
        Rows.execute(connection, filled(sql));

        assertEquals(files, cluster.s3().listObjectsV2(request -> request.bucket(bucket).prefix(folder)).contents().stream().map(S3Object::key).map(key -> key.substring(folder.length()))
                .collect(Collectors.joining(" ")));
    }

    /** Each with the content of its only file. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "select * from venue where venueseats > 75000 ~ header parallel off ~ venueid|venuename|venuecity|venuestate|venueseats/78|INVESCO Field|Denver|CO|76125/",
        "select * from venue where venueid = 2 ~ csv parallel off ~ 2,\"Columbus \"\"Crew\"\" Stadium\",Columbus,OH,0/",
        "select 1, 'Hello, World' ~ delimiter ',' addquotes parallel off ~ \"1\",\"Hello, World\"/",
        "select 1, null::varchar, 'x' ~ null as 'null' parallel off ~ 1|null|x/"})
    void unloadedText(final String query, final String options, final String text) throws SQLException {
        Rows.execute(connection, filled("unload ($$" + query + "$$) to '{s3}' {auth} " + options));
        assertEquals(text, cluster.s3().getObjectAsBytes(request -> request.bucket(bucket).key(folder + "000")).asUtf8String().replace('\n', '/'));
    }

    /** What is unloaded is loaded again into a table like the one it came from. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "`` ~ copy loadvenue from '{s3}venue_pipe_' {auth}",
        "manifest ~ copy loadvenue from '{s3}venue_pipe_manifest' {auth} manifest",
        "master_symmetric_key '{master}' manifest encrypted ~ copy loadvenue from '{s3}venue_pipe_manifest' {auth} master_symmetric_key '{master}' manifest encrypted",
        "kms_key_id '{kms}' encrypted ~ copy loadvenue from '{s3}venue_pipe_' {auth}",
        "escape null as '\\N' ~ copy loadvenue from '{s3}venue_pipe_' {auth} escape",
        "addquotes delimiter ',' escape ~ copy loadvenue from '{s3}venue_pipe_' {auth} removequotes delimiter ',' escape",
        "gzip ~ copy loadvenue from '{s3}venue_pipe_' credentials 'aws_access_key_id={key};aws_secret_access_key={secret}' gzip"})
    void reload(final String unloadOptions, final String copy) throws SQLException {
        Rows.execute(connection, "CREATE TEMP TABLE loadvenue (LIKE venue)", filled("unload ('select * from venue') to '{s3}venue_pipe_' {auth} " + unloadOptions), filled(copy));
        assertEquals(Rows.of(connection, "SELECT * FROM venue ORDER BY 1"), Rows.of(connection, "SELECT * FROM loadvenue ORDER BY 1"));
    }

    /** Each with a file, a slash for each line end, the statement, and what a query answers afterwards. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "data/listings_pipe.txt ~ 9|Shows|Plays|All/10|Shows|Opera|Some/ ~ copy category from '{s3}data/listings_pipe.txt' {auth} ~ SELECT catid || catdesc FROM category ORDER BY catid ~ 9All,10Some",
        "data/a/part1 ~ 9|Shows|Plays|All/ ~ copy category from '{s3}data/' {auth} region 'us-east-1' ~ SELECT count(*) FROM category ~ 1",
        "category_csv.txt ~ 12,Shows,Musicals,Musical theatre/13,Shows,Plays,\"All \"\"non-musical\"\" theatre\"/14,Shows,Opera,\"All opera, light, and \"\"rock\"\" opera\"/ ~ copy category "
                + "from '{s3}category_csv.txt' {auth} csv ~ SELECT catdesc FROM category ORDER BY catid ~ Musical theatre,All \"non-musical\" theatre,All opera, light, and \"rock\" opera",
        "category_csv.txt ~ 12,Shows,Musicals,Musical theatre/13,Shows,Plays,%All \"non-musical\" theatre%/ ~ copy category from '{s3}category_csv.txt' {auth} csv quote as '%' ~ SELECT "
                + "catdesc FROM category ORDER BY catid ~ Musical theatre,All \"non-musical\" theatre",
        "events.txt ~ 1|'Boris Godunov'|2008-09-26 05:43:12/2|\"\"|2008-09-26 05:43:12/3|   |2008-09-26 05:43:12/x|y|z/ ~ copy event from '{s3}events.txt' {auth} removequotes emptyasnull "
                + "blanksasnull maxerror 5 delimiter '|' timeformat 'YYYY-MM-DD HH:MI:SS' ~ SELECT coalesce(eventname, 'null') FROM event ORDER BY eventid ~ Boris Godunov,null,null",
        "time.txt ~ 2009-01-12 14:15:57.119568/ ~ copy timestamp1 from '{s3}time.txt' {auth} timeformat 'YYYY-MM-DD HH:MI:SS' ~ SELECT c1::varchar FROM timestamp1 ~ 2009-01-12 14:15:57.119568",
        "time.gz ~ 1|one/2|two/ ~ copy redshiftinfo from '{s3}time.gz' {auth} gzip delimiter '|' ~ SELECT tableinfo FROM redshiftinfo ORDER BY 1 ~ one,two",
        "noseats.txt ~ 1|Toyota Park|Bridgeview|IL|/2|Columbus Crew Stadium|Columbus|OH|/ ~ copy venue_new(venueid, venuename, venuecity, venuestate) from '{s3}noseats.txt' {auth} delimiter "
                + "'|' ~ SELECT venueid || venuestate || venueseats FROM venue_new ORDER BY 1 ~ 1IL1000,2OH1000",
        "identity.txt ~ 40|Toyota Park|Bridgeview|IL|/ ~ copy venue_identity(venueid, venuename, venuecity, venuestate) from '{s3}identity.txt' {auth} delimiter '|' explicit_ids ~ SELECT "
                + "venueid || venuename || venueseats FROM venue_identity ~ 40Toyota Park1000",
        "explicit.txt ~ 7|Toyota Park|Bridgeview|IL|3/ ~ copy venue_identity from '{s3}explicit.txt' {auth} explicit_ids ~ SELECT venueid || venuename || venueseats FROM venue_identity ~ "
                + "7Toyota Park3",
        "redshiftinfo.txt ~ 1|public\\|event\\|dwuser/2|public\\|sales\\|dwuser/ ~ copy redshiftinfo from '{s3}redshiftinfo.txt' {auth} delimiter '|' escape ~ SELECT tableinfo FROM "
                + "redshiftinfo ORDER BY 1 ~ public|event|dwuser,public|sales|dwuser",
        "fox.txt ~ 2| A\\\\B\\\\C/3| A \\| B \\| C/4|'A Midsummer Night\\'s Dream'/ ~ copy redshiftinfo from '{s3}fox.txt' {auth} escape removequotes ~ SELECT tableinfo FROM redshiftinfo "
                + "ORDER BY infoid ~ ` A\\B\\C, A | B | C,A Midsummer Night's Dream`",
        "binary.csv ~ 616263/ ~ copy binaries from '{s3}binary.csv' {auth} csv ~ SELECT b::varchar FROM (SELECT upper(encode(b, 'hex')) AS b FROM binaries) AS h ~ 616263",
        "round.txt ~ 20.259/ ~ copy prices from '{s3}round.txt' {auth} ~ SELECT price FROM prices ~ 20.25",
        "round.txt ~ 20.259/ ~ copy prices from '{s3}round.txt' {auth} roundec ~ SELECT price FROM prices ~ 20.26"})
    void copy(final String file, final String content, final String sql, final String query, final String expected) throws SQLException, IOException {
        Rows.execute(connection, "CREATE TEMP TABLE event (eventid int, eventname varchar(200), starttime timestamp)", "CREATE TEMP TABLE timestamp1 (c1 timestamp)",
                "CREATE TEMP TABLE redshiftinfo (infoid int, tableinfo varchar(50))", "CREATE TEMP TABLE binaries (b varbyte(10))", "CREATE TEMP TABLE prices (price decimal(8,2))",
                "CREATE TEMP TABLE venue_new (venueid smallint not null, venuename varchar(100) not null, venuecity varchar(30), venuestate char(2), venueseats integer not null default '1000')",
                "CREATE TEMP TABLE venue_identity (venueid int identity(1,1), venuename varchar(100) not null, venuecity varchar(30), venuestate char(2), venueseats integer not null default '1000')");
        put(file, content.strip().replace('/', '\n'));
        Rows.execute(connection, filled(sql));
        assertEquals(expected, Rows.of(connection, query).stream().map(row -> row.get(0)).collect(Collectors.joining(",")));
    }

    /** What the guide says that fails. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "unload ('select * from venue limit 10') to '{s3}venue_pipe_' {auth} ~ Limit clause is not supported",
        "copy venue_null(venueid, venuecity, venuestate) from '{s3}data' {auth} delimiter '|' ~ venuename",
        "copy venue_identity(venuename, venuecity, venuestate) from '{s3}data' {auth} delimiter '|' explicit_ids ~ EXPLICIT_IDS",
        "copy venue_identity(venueid, venuename, venuecity, venuestate) from '{s3}data' {auth} delimiter '|' ~ EXPLICIT_IDS",
        "copy category from '{s3}commas' {auth} delimiter ',' ~ Check 'sys_load_error_detail'"})
    void failure(final String sql, final String message) throws SQLException, IOException {
        Rows.execute(connection, "CREATE TEMP TABLE venue_null (venueid smallint not null, venuename varchar(100) not null, venuecity varchar(30), venuestate char(2))",
                "CREATE TEMP TABLE venue_identity (venueid int identity(1,1), venuename varchar(100) not null, venuecity varchar(30), venuestate char(2))");
        put("data", "1||Bridgeview|IL|\n".replace("||", "|"));
        put("commas", "14,Shows,Opera,All opera, light, and \"rock\" opera\n");
        final SQLException refusal = assertThrows(SQLException.class, () -> Rows.execute(connection, filled(sql)));
        assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
    }

    /** Examples that the sandbox does not do, by what it says of them. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "copy favoritemovies from 'dynamodb://Movies' {auth} readratio 50 ~ Amazon DynamoDB (dynamodb://) is not supported by the sandbox",
        "copy sales from 'emr://j-SAMPLE2B500FC/myoutput/part-*' {auth} delimiter '\\t' lzop ~ Amazon EMR (emr://) is not supported by the sandbox",
        "copy customer from '{s3}cust.manifest' {auth} format as orc manifest ~ COPY option ORC is not supported by the sandbox",
        "copy venue from '{s3}venue_fw.txt' {auth} fixedwidth 'venueid:3,venuename:25,venuecity:12,venuestate:2,venueseats:6' ~ COPY option FIXEDWIDTH is not supported by the sandbox",
        "copy category from '{s3}category_object_auto.json' {auth} json 'auto' ~ COPY option JSON is not supported by the sandbox",
        "copy category from '{s3}category_auto.avro' {auth} format as avro 'auto' ~ COPY option AVRO is not supported by the sandbox",
        "copy norway_natural from '{s3}gis_osm_natural_free_1.shp' format shapefile simplify auto '1.1E-05' {auth} ~ COPY option SHAPEFILE is not supported by the sandbox",
        "copy sales from '{s3}sales.lzo' {auth} lzop ~ COPY option LZOP is not supported by the sandbox",
        "unload ('select * from venue') to '{s3}venue_fw_' {auth} fixedwidth as 'venueid:3,venuename:39' ~ UNLOAD option FIXEDWIDTH is not supported by the sandbox",
        "unload ('select * from venue') to '{s3}unload/' {auth} JSON ~ UNLOAD option JSON is not supported by the sandbox"})
    void unsupported(final String sql, final String message) {
        final SQLException refusal = assertThrows(SQLException.class, () -> Rows.execute(connection, filled(sql)));
        assertEquals("0A000", refusal.getSQLState());
        assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
    }

    private String filled(final String sql) {
        final AccessKey root = cluster.cloud().iam().rootKey();
        String filled = sql.replace("{s3}", "s3://" + bucket + "/" + folder).replace("{auth}", "iam_role default").replace("{master}", MASTER_KEY).replace("{key}", root.accessKeyId())
                .replace("{secret}", root.secretAccessKey());
        if (filled.contains("{kms}")) {
            try (KmsClient kms = cluster.cloud().kmsClient()) {
                filled = filled.replace("{kms}", kms.createKey().keyMetadata().keyId());
            }
        }

        return filled;
    }

    private void put(final String name, final String content) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream target = name.endsWith(".gz") ? new GZIPOutputStream(bytes) : bytes) {
            target.write(content.getBytes(StandardCharsets.UTF_8));
        }

        cluster.s3().putObject(request -> request.bucket(bucket).key(folder + name), RequestBody.fromBytes(bytes.toByteArray()));
    }
}
