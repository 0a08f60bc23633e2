package io.github.unloadcopy.sandbox.redshift.sql;

import io.github.unloadcopy.sandbox.redshift.sql.Parameter.Argument;
import io.github.unloadcopy.sandbox.redshift.sql.Parameter.Status;

/**
 * What UNLOAD and COPY can be told. Source: pages UNLOAD, COPY, "Data sources", "Authorization parameters", "Data format parameters", "File compression parameters",
 * "Data conversion parameters" and "Data load operations" of the Redshift Database Developer Guide.
 */
public final class StatementParameters {

    /** The part of the CREDENTIALS string that the guide has rules for. In lower case, so that no keyword of a statement is it. */
    static final String KEY_IN_CREDENTIALS = "CREDENTIALS master_symmetric_key";

    public static final ParameterTable UNLOAD = unload();
    public static final ParameterTable COPY = copy();

    private StatementParameters() {
    }

    private static ParameterTable unload() {
        final ParameterTable.Builder table = ParameterTable.of("UNLOAD");
        authorization(table);
        table.format("TEXT", Argument.NONE, Status.DONE, "the default")
                .format("CSV", Argument.NONE, Status.DONE, "")
                .format("PARQUET", Argument.NONE, Status.DONE, "")
                .format("JSON", Argument.NONE, Status.UNSUPPORTED, "")
                .format("FIXEDWIDTH", Argument.TEXT, Status.UNSUPPORTED, "")
                .done("PARTITION BY", Argument.COLUMNS)
                .after("PARTITION BY", "PARTITION BY INCLUDE", Argument.NONE, Status.DONE, "")
                .done("MANIFEST", Argument.NONE)
                .after("MANIFEST", "MANIFEST VERBOSE", Argument.NONE, Status.DONE, "")
                .done("HEADER", Argument.NONE)
                .done("DELIMITER", Argument.TEXT, "one ASCII character")
                .done("ENCRYPTED", Argument.NONE)
                .after("ENCRYPTED", "ENCRYPTED AUTO", Argument.NONE, Status.DONE, "")
                .done("KMS_KEY_ID", Argument.TEXT, "not with CREDENTIALS (page UNLOAD), although the Redshift connector of Spark writes both")
                .done("BZIP2", Argument.NONE)
                .done("GZIP", Argument.NONE)
                .done("ZSTD", Argument.NONE)
                .done("ADDQUOTES", Argument.NONE)
                .done("NULL AS", Argument.TEXT)
                .done("ESCAPE", Argument.NONE)
                .done("ALLOWOVERWRITE", Argument.NONE)
                .done("CLEANPATH", Argument.NONE)
                .done("PARALLEL", Argument.SWITCH)
                .done("MAXFILESIZE", Argument.SIZE, "5 MB to 6.2 GB")
                .done("ROWGROUPSIZE", Argument.SIZE, "32 to 128 MB")
                .done("REGION", Argument.TEXT)
                .done("EXTENSION", Argument.TEXT);
        table.atMostOneOf("CSV", "PARQUET", "JSON", "TEXT", "FIXEDWIDTH")
                .atMostOneOf("GZIP", "BZIP2", "ZSTD")
                .excludes("CSV", "ADDQUOTES")
                .excludes("PARQUET", "DELIMITER", "ADDQUOTES", "ESCAPE", "NULL AS", "HEADER", "GZIP", "BZIP2", "ZSTD", "MASTER_SYMMETRIC_KEY", KEY_IN_CREDENTIALS)
                .excludes("JSON", "DELIMITER", "HEADER", "ADDQUOTES", "ESCAPE", "NULL AS")
                .excludes("FIXEDWIDTH", "DELIMITER", "HEADER")
                .excludes("CLEANPATH", "ALLOWOVERWRITE")
                .excludes("KMS_KEY_ID", "CREDENTIALS", "ENCRYPTED AUTO", "MASTER_SYMMETRIC_KEY")
                .excludes("ENCRYPTED AUTO", "MASTER_SYMMETRIC_KEY", KEY_IN_CREDENTIALS)
                .needs("KMS_KEY_ID", "ENCRYPTED")
                .needs("MASTER_SYMMETRIC_KEY", "ENCRYPTED")
                .needs(KEY_IN_CREDENTIALS, "ENCRYPTED")
                .needs("ENCRYPTED", "KMS_KEY_ID", "MASTER_SYMMETRIC_KEY", KEY_IN_CREDENTIALS, "ENCRYPTED AUTO")
                .needs("ROWGROUPSIZE", "PARQUET")
                .undocumented("CSV", "ESCAPE");
        return table.build();
    }

    private static ParameterTable copy() {
        final ParameterTable.Builder table = ParameterTable.of("COPY");
        authorization(table);
        table.format("TEXT", Argument.NONE, Status.DONE, "the default")
                .format("CSV", Argument.NONE, Status.DONE, "")
                .after("CSV", "QUOTE", Argument.TEXT, Status.DONE, "")
                .format("PARQUET", Argument.NONE, Status.DONE, "")
                .format("ORC", Argument.NONE, Status.UNSUPPORTED, "")
                .format("JSON", Argument.OPTIONAL_TEXT, Status.UNSUPPORTED, "")
                .format("AVRO", Argument.OPTIONAL_TEXT, Status.UNSUPPORTED, "")
                .format("FIXEDWIDTH", Argument.TEXT, Status.UNSUPPORTED, "")
                .format("SHAPEFILE", Argument.NONE, Status.UNSUPPORTED, "")
                .after("SHAPEFILE", "SHAPEFILE SIMPLIFY", Argument.OPTIONAL_TEXT, Status.UNSUPPORTED, "")
                .after("SHAPEFILE SIMPLIFY", "SHAPEFILE SIMPLIFY AUTO", Argument.OPTIONAL_TEXT, Status.UNSUPPORTED, "")
                .done("DELIMITER", Argument.TEXT, "one or more characters")
                .done("MANIFEST", Argument.NONE)
                .done("ENCRYPTED", Argument.NONE, "client-side encryption")
                .done("REGION", Argument.TEXT)
                .done("GZIP", Argument.NONE)
                .done("BZIP2", Argument.NONE)
                .done("ZSTD", Argument.NONE)
                .unsupported("LZOP", Argument.NONE, "")
                .done("ACCEPTANYDATE", Argument.NONE)
                .done("ACCEPTINVCHARS", Argument.OPTIONAL_TEXT)
                .done("BLANKSASNULL", Argument.NONE)
                .done("DATEFORMAT", Argument.TEXT)
                .done("EMPTYASNULL", Argument.NONE)
                .done("ENCODING", Argument.WORD)
                .done("ESCAPE", Argument.NONE)
                .done("EXPLICIT_IDS", Argument.NONE)
                .done("SERIALIZETOJSON", Argument.NONE, "loads columns of Parquet into SUPER")
                .done("FILLRECORD", Argument.NONE)
                .done("IGNOREBLANKLINES", Argument.NONE)
                .done("IGNOREHEADER", Argument.NUMBER)
                .done("NULL AS", Argument.TEXT)
                .done("REMOVEQUOTES", Argument.NONE)
                .done("ROUNDEC", Argument.NONE)
                .done("TIMEFORMAT", Argument.TEXT)
                .done("TRIMBLANKS", Argument.NONE)
                .done("TRUNCATECOLUMNS", Argument.NONE)
                .noEffect("COMPROWS", Argument.NUMBER, "1000 to 2147483647")
                .noEffect("COMPUPDATE", Argument.PRESET_SWITCH, "there are no encodings")
                .done("IGNOREALLERRORS", Argument.NONE)
                .done("MAXERROR", Argument.NUMBER, "0 to 100000")
                .done("NOLOAD", Argument.NONE)
                .noEffect("STATUPDATE", Argument.SWITCH, "for the table's owner and superusers")
                .refused("READRATIO", Argument.NUMBER, "for DynamoDB only")
                .refused("SSH", Argument.NONE, "for remote hosts only")
                .unsupported("JOB", Argument.REST, "COPY jobs")
                .unsupported("USING TEMPLATE", Argument.REST, "");
        table.atMostOneOf("CSV", "PARQUET", "ORC", "JSON", "AVRO", "SHAPEFILE", "TEXT", "FIXEDWIDTH")
                .atMostOneOf("GZIP", "BZIP2", "LZOP", "ZSTD")
                .excludes("CSV", "REMOVEQUOTES", "ESCAPE")
                .excludes("FIXEDWIDTH", "DELIMITER", "ESCAPE")
                .excludes("SHAPEFILE", "REMOVEQUOTES", "ESCAPE")
                .excludes("JSON", "DELIMITER", "ESCAPE", "FILLRECORD", "IGNOREBLANKLINES", "NULL AS", "READRATIO", "REMOVEQUOTES")
                .excludes("MAXERROR", "IGNOREALLERRORS")
                .needs("ENCRYPTED", "MASTER_SYMMETRIC_KEY", KEY_IN_CREDENTIALS)
                .needs("MASTER_SYMMETRIC_KEY", "ENCRYPTED")
                .needs(KEY_IN_CREDENTIALS, "ENCRYPTED")
                .needs("SERIALIZETOJSON", "PARQUET", "ORC");
        for (final String columnar : new String[] {"PARQUET", "ORC"}) {
            table.excludes(columnar, "DELIMITER", "ENCRYPTED", "REGION", "GZIP", "BZIP2", "LZOP", "ZSTD", "ACCEPTANYDATE", "BLANKSASNULL", "DATEFORMAT", "EMPTYASNULL", "ENCODING", "ESCAPE",
                    "IGNOREBLANKLINES", "IGNOREHEADER", "NULL AS", "REMOVEQUOTES", "ROUNDEC", "TIMEFORMAT", "TRIMBLANKS", "TRUNCATECOLUMNS", "COMPROWS", "COMPUPDATE", "IGNOREALLERRORS",
                    "MAXERROR", "NOLOAD");
        }

        return table.build();
    }

    private static void authorization(final ParameterTable.Builder table) {
        table.done("IAM_ROLE", Argument.ROLE, "several in a chain, or default")
                .done("ACCESS_KEY_ID", Argument.TEXT)
                .done("SECRET_ACCESS_KEY", Argument.SECRET)
                .done("SESSION_TOKEN", Argument.SECRET)
                .done("CREDENTIALS", Argument.SECRET, "with a role or with keys; WITH may precede it")
                .after("CREDENTIALS", KEY_IN_CREDENTIALS, Argument.NONE, Status.DONE, "client-side encryption")
                .done("MASTER_SYMMETRIC_KEY", Argument.SECRET, "client-side encryption")
                .excludes("IAM_ROLE", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "CREDENTIALS")
                .excludes("CREDENTIALS", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "MASTER_SYMMETRIC_KEY")
                .needs("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
                .needs("SECRET_ACCESS_KEY", "ACCESS_KEY_ID")
                .needs("SESSION_TOKEN", "ACCESS_KEY_ID");
    }
}
