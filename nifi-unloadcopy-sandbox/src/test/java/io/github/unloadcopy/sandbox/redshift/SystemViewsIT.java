package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** System views have the columns that the Redshift Database Developer Guide lists, and tell the truth. */
class SystemViewsIT extends ClusterTest {

    private final String schema = "v" + UUID.randomUUID().toString().replace("-", "");

    @BeforeEach
    void prepare() throws SQLException {
        Rows.execute(connection, "CREATE SCHEMA " + schema, "SET search_path TO " + schema);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "pg_table_def|schemaname tablename column type encoding distkey sortkey notnull",
        "svv_table_info|database schema table_id table encoded diststyle sortkey1 max_varchar sortkey1_enc sortkey_num size pct_used empty unsorted stats_off tbl_rows skew_sortkey1 skew_rows "
                + "estimated_visible_rows risk_event vacuum_sort_benefit create_time",
        "svv_tables|table_catalog table_schema table_name table_type remarks",
        "svv_columns|table_catalog table_schema table_name column_name ordinal_position column_default is_nullable data_type character_maximum_length numeric_precision numeric_precision_radix "
                + "numeric_scale datetime_precision interval_type interval_precision character_set_catalog character_set_schema character_set_name collation_catalog collation_schema collation_name "
                + "domain_name remarks",
        "svv_relation_privileges|namespace_name relation_name privilege_type identity_id identity_name identity_type admin_option",
        "svv_roles|role_id role_name role_owner external_id",
        "svv_user_grants|user_id user_name role_id role_name admin_option",
        "svv_role_grants|role_id role_name granted_role_id granted_role_name",
        "svv_datashares|share_name share_id share_owner source_database consumer_database share_type createdate is_publicaccessible share_acl producer_account producer_namespace managed_by",
        "svv_datashare_objects|share_type share_name object_type object_name producer_account producer_namespace include_new",
        "svv_rls_policy|poldb polname polalias polatts polqual polenabled polmodifiedby polmodifiedtime",
        "svv_rls_relation|datname relschema relname relkind is_rls_on is_rls_datashare_on rls_conjunction_type rls_datashare_conjunction_type",
        "svv_rls_attached_policy|relschema relname relkind polname grantor grantee granteekind is_pol_on is_rls_on rls_conjunction_type",
        "svv_masking_policy|policy_database policy_name input_columns policy_expression policy_modified_by policy_modified_time",
        "svv_attached_masking_policy|policy_name schema_name table_name table_type grantor grantee grantee_type priority input_columns output_columns is_masking_datashare_on",
        "svv_column_privileges|namespace_name relation_name column_name privilege_type identity_id identity_name identity_type",
        "svv_all_tables|database_name schema_name table_name table_acl table_type remarks",
        "svv_redshift_schemas|database_name schema_name schema_owner schema_type schema_acl schema_option",
        "sys_load_history|user_id query_id transaction_id session_id database_name status table_name start_time end_time duration data_source file_format loaded_rows loaded_bytes "
                + "source_file_count source_file_bytes file_count_scanned file_bytes_scanned error_count copy_job_id",
        "sys_load_detail|user_id query_id file_name bytes_scanned lines_scanned record_time splits_scanned start_time end_time file_etag file_last_modified",
        "sys_unload_history|user_id query_id transaction_id session_id database_name status start_time end_time duration file_format compression_type unloaded_location unloaded_rows "
                + "unloaded_files_count unloaded_files_size error_message",
        "sys_unload_detail|user_id query_id session_id transaction_id file_name start_time end_time line_count transfer_size file_format",
        "sys_query_history|user_id query_id query_label transaction_id session_id database_name query_type status result_cache_hit start_time end_time elapsed_time queue_time execution_time "
                + "error_message returned_rows returned_bytes query_text redshift_version usage_limit compute_type compile_time planning_time lock_wait_time service_class_id service_class_name "
                + "query_priority short_query_accelerated user_query_hash generic_query_hash query_hash_version result_cache_query_id username",
        "stv_recents|userid status starttime duration user_name db_name query pid",
        "stv_inflight|userid slice query label xid pid starttime text suspended insert_pristine concurrency_scaling_status",
        "stv_sessions|starttime process user_name db_name timeout_sec",
        "svv_transactions|txn_owner txn_db xid pid txn_start lock_mode lockable_object_type relation granted",
        "stl_query|userid query label xid pid database querytxt starttime endtime aborted insert_pristine concurrency_scaling_status",
        "stl_unload_log|userid query slice pid path start_time end_time line_count transfer_size file_format",
        "stl_load_commits|userid query slice name filename byte_offset lines_scanned errors curtime status file_format is_partial start_offset copy_job_id",
        "stl_loaderror_detail|userid slice session query filename line_number field colname value is_null type col_length",
        "stl_load_errors|userid slice tbl starttime session query filename line_number colname type col_length position raw_line raw_field_value err_code "
                + "err_reason is_partial start_offset copy_job_id"})
    void columns(final String view, final String names) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery("SELECT * FROM " + view)) {
            final List<String> found = new ArrayList<>();
            for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                found.add(result.getMetaData().getColumnName(column));
            }

            assertEquals(names, String.join(" ", found));
        }
    }

    @Test
    void tableInfo() throws SQLException {
        Rows.execute(connection, "CREATE TABLE keyed (a int, b varchar(30)) DISTKEY (a) SORTKEY (b, a)", "CREATE TABLE plain (a int)", "CREATE TABLE empty (a int)",
                "CREATE TABLE raw (a int ENCODE raw) DISTSTYLE EVEN INTERLEAVED SORTKEY (a)",
                "INSERT INTO keyed VALUES (1, 'x'), (2, 'y')", "INSERT INTO plain VALUES (1)", "INSERT INTO raw VALUES (1)");
        assertEquals(List.of(List.of("keyed", "Y, AUTO(ENCODE)", "KEY(a)", "b", "30", "none", "2", "1", "2"),
                List.of("plain", "Y, AUTO(ENCODE)", "AUTO(ALL)", "AUTO(SORTKEY)", "0", "-", "0", "1", "1"),
                List.of("raw", "N", "EVEN", "INTERLEAVED", "0", "none", "1", "1", "1")),
                Rows.of(connection, "SELECT \"table\", encoded, diststyle, sortkey1, max_varchar, coalesce(trim(sortkey1_enc), '-'), sortkey_num, size, tbl_rows "
                        + "FROM svv_table_info WHERE schema = '" + schema + "' ORDER BY 1"));
    }

    @Test
    void schemasOutsideOfTheSearchPathAreNotInTableDef() throws SQLException {
        Rows.execute(connection, "CREATE TABLE t (a int)");
        assertEquals("1", Rows.value(connection, "SELECT count(*) FROM pg_table_def WHERE schemaname = '" + schema + "'"));
        Rows.execute(connection, "SET search_path TO public");
        assertEquals("0", Rows.value(connection, "SELECT count(*) FROM pg_table_def WHERE schemaname = '" + schema + "'"));
        assertEquals("1", Rows.value(connection, "SELECT count(*) FROM svv_redshift_columns WHERE schema_name = '" + schema + "'"));
    }

    @Test
    void showsObjects() throws SQLException {
        Rows.execute(connection, "CREATE TABLE t (a int NOT NULL, b varbyte(3))", "CREATE VIEW w AS SELECT a FROM t");
        assertEquals(List.of("t", "w"), column("SHOW TABLES FROM SCHEMA " + TestCluster.DATABASE + "." + schema, "table_name"));
        assertEquals(List.of("w"), column("SHOW TABLES FROM SCHEMA " + schema + " LIKE 'w%'", "table_name"));
        assertEquals(List.of("integer", "binary varying"), column("SHOW COLUMNS FROM TABLE " + schema + ".t", "data_type"));
        assertEquals(List.of("t"), column("SHOW TABLES FROM SCHEMA " + schema + " LIMIT 1", "table_name"));
        assertEquals("22023", assertThrows(SQLException.class, () -> Rows.execute(connection, "SHOW TABLES FROM SCHEMA " + schema + " LIMIT 10001")).getSQLState());
        assertEquals(List.of(schema), column("SHOW SCHEMAS FROM DATABASE " + TestCluster.DATABASE + " LIKE '" + schema + "'", "schema_name"));
        assertEquals(List.of(TestCluster.DATABASE), column("SHOW DATABASES", "database_name"));
        assertEquals(List.of("a", "b"), column("SELECT * FROM pg_get_cols('t') cols(s name, t name, c name, y varchar, n int)", "c"));
        final String view = column("SHOW VIEW w", "Show View DDL statement").get(0);
        Rows.execute(connection, "DROP VIEW w", view);
        assertEquals(view, column("SHOW VIEW w", "Show View DDL statement").get(0));
        assertEquals("0A000", assertThrows(SQLException.class, () -> Rows.execute(connection, "SHOW GRANTS ON TABLE t")).getSQLState());
    }

    private List<String> column(final String sql, final String name) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            final List<String> values = new ArrayList<>();
            while (result.next()) {
                values.add(result.getString(name));
            }

            return values;
        }
    }

    private List<List<String>> queries(final String queryId) throws SQLException {
        return Rows.of(connection, "SELECT trim(query_type), trim(status), aborted, trim(query_text), trim(username) FROM sys_query_history JOIN stl_query ON query = query_id "
                + "WHERE query_text = querytxt AND start_time <= end_time AND query_id = " + queryId);
    }

    @Test
    void historyHasNoSecrets() throws SQLException {
        assertThrows(SQLException.class, () -> Rows.execute(connection,
                "unload ('SELECT 1') to 's3://nowhere/p' access_key_id 'AKIASECRET' secret_access_key as 'hush' session_token 'hush' master_symmetric_key '" + "A".repeat(43) + "=' encrypted"));
        assertThrows(SQLException.class, () -> Rows.execute(connection, "COPY t FROM 's3://nowhere/p' WITH CREDENTIALS AS 'aws_access_key_id=AKIASECRET;aws_secret_access_key=hush'"));

        assertEquals(List.of(List.of("unload ('SELECT 1') to 's3://nowhere/p' access_key_id '' secret_access_key as '' session_token '' master_symmetric_key '' encrypted"),
                List.of("COPY t FROM 's3://nowhere/p' WITH CREDENTIALS AS ''")),
                Rows.of(connection, "SELECT trim(query_text) FROM sys_query_history WHERE query_text LIKE '%nowhere%' ORDER BY query_id"));
    }

    @Test
    void historyOfUnloadAndCopy() throws SQLException {
        final String bucket = cluster.bucket();
        final String role = "IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "'";
        Rows.execute(connection, "CREATE TABLE t (a int, b varchar(3))", "INSERT INTO t VALUES (1, 'abc'), (2, 'abc'), (3, 'ab')", "CREATE TABLE narrow (a int, b varchar(2))",
                "UNLOAD ('SELECT * FROM t') TO 's3://" + bucket + "/p/' " + role + " PARALLEL OFF", "COPY t FROM 's3://" + bucket + "/p/' " + role);
        final String unload = Rows.value(connection, "SELECT pg_last_unload_id()");
        final String copy = Rows.value(connection, "SELECT pg_last_query_id()");
        assertEquals(copy, Rows.value(connection, "SELECT pg_last_copy_id()"));
        assertEquals(List.of(List.of("completed", "s3://" + bucket + "/p/", "3", "1")),
                Rows.of(connection, "SELECT status, unloaded_location, unloaded_rows, unloaded_files_count FROM sys_unload_history WHERE query_id = " + unload));
        assertEquals(List.of(List.of("s3://" + bucket + "/p/000", "3", "17", "text")),
                Rows.of(connection, "SELECT trim(file_name), line_count, transfer_size, trim(file_format) FROM sys_unload_detail WHERE query_id = " + unload));
        assertEquals(List.of(List.of("completed", "3", "1", "0")), Rows.of(connection, "SELECT status, loaded_rows, source_file_count, error_count FROM sys_load_history WHERE query_id = " + copy));
        assertEquals(List.of(List.of("s3://" + bucket + "/p/000", "3")), Rows.of(connection, "SELECT trim(file_name), lines_scanned FROM sys_load_detail WHERE query_id = " + copy));
        assertEquals("1", Rows.value(connection, "SELECT count(*) FROM stl_load_commits WHERE query = " + copy));

        assertThrows(SQLException.class, () -> Rows.execute(connection, "COPY narrow FROM 's3://" + bucket + "/p/' " + role));
        final String failed = Rows.value(connection, "SELECT pg_last_copy_id()");
        assertEquals("aborted", Rows.value(connection, "SELECT status FROM sys_load_history WHERE query_id = " + failed));
        assertEquals("0", Rows.value(connection, "SELECT count(*) FROM stl_load_commits WHERE query = " + failed));
        assertEquals(List.of(List.of("b", "abc", "0")), Rows.of(connection, "SELECT trim(colname), trim(value), is_null FROM stl_loaderror_detail WHERE query = " + failed));

        assertEquals(List.of(List.of("UNLOAD", "success", "0", "UNLOAD ('SELECT * FROM t') TO 's3://" + bucket + "/p/' " + role + " PARALLEL OFF", TestCluster.USER)), queries(unload));
        assertEquals(List.of(List.of("COPY", "success", "0", "COPY t FROM 's3://" + bucket + "/p/' " + role, TestCluster.USER)), queries(copy));
        assertEquals(List.of(List.of("COPY", "failed", "1", "COPY narrow FROM 's3://" + bucket + "/p/' " + role, TestCluster.USER)), queries(failed));
        assertTrue(Rows.value(connection, "SELECT error_message FROM sys_query_history WHERE query_id = " + failed).startsWith("Load into table 'narrow' failed."));

        Rows.execute(connection, "CREATE USER " + schema + " PASSWORD 'Secret1word'");
        try (Connection other = cluster.connect(schema, "Secret1word", new Properties())) {
            for (final String view : List.of("sys_query_history", "stl_query", "sys_load_history",
                    "sys_load_detail", "sys_unload_history", "sys_unload_detail", "stl_unload_log", "stl_load_commits", "stl_loaderror_detail")) {
                assertEquals("0", Rows.value(other, "SELECT count(*) FROM " + view), view);
            }
        }
    }
}
