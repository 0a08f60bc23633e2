-- What a cluster has beyond PostgreSQL, installed into template1 so that every database has it.
-- Tables that the sandbox writes are in the schema pg_internal; what users see of them is in pg_catalog, under Redshift's names and with Redshift's columns.
SET allow_system_table_mods = on;

-- Every user of Redshift may create tables in public.
GRANT CREATE ON SCHEMA public TO PUBLIC;

CREATE SCHEMA pg_internal;

-- The unique id of the cluster: all its databases are copies of this one. IdentifierRewriter makes a call of the name without parentheses.
DO $$ BEGIN EXECUTE format('CREATE FUNCTION pg_internal.current_namespace() RETURNS varchar LANGUAGE sql STABLE AS %L', format('SELECT %L::varchar', pg_catalog.gen_random_uuid())); END $$;

CREATE TABLE pg_internal.load_error (
    user_id integer, query_id bigint, transaction_id bigint, session_id integer, database_name text, table_id integer, start_time timestamp, file_name text, line_number bigint,
    column_name text, column_type text, column_length text, position integer, error_code integer, error_message text, raw_line text, raw_field_value text
);

CREATE TABLE pg_internal.load_history (
    user_id integer, query_id bigint, transaction_id bigint, session_id integer, database_name text, status text, table_name text, start_time timestamp, end_time timestamp,
    data_source text, file_format text, loaded_rows bigint, source_file_count integer, error_count bigint
);

CREATE TABLE pg_internal.load_file (
    user_id integer, query_id bigint, file_name text, lines_scanned bigint, errors integer, start_time timestamp, end_time timestamp, file_format text, committed boolean
);

CREATE TABLE pg_internal.unload_history (
    user_id integer, query_id bigint, transaction_id bigint, session_id integer, database_name text, status text, start_time timestamp, end_time timestamp, file_format text,
    compression_type text, unloaded_location text, unloaded_rows bigint, unloaded_files_count integer, unloaded_files_size bigint, error_message text
);

CREATE TABLE pg_internal.unload_file (
    user_id integer, query_id bigint, slice integer, session_id integer, transaction_id bigint, path text, start_time timestamp, end_time timestamp, line_count bigint,
    transfer_size bigint, file_format text
);

GRANT USAGE ON SCHEMA pg_internal TO PUBLIC;

-- Whether a user is a superuser of the cluster. Every rule about superusers asks here: the only place that depends on how PostgreSQL knows them. None of them is a superuser of the PostgreSQL behind,
-- which may read and write the machine's files and run its programs: CREATEUSER (page CREATE USER) is PostgreSQL's CREATEROLE, and what else a superuser may do comes from being a member of every
-- user, see keep_superusers.
CREATE FUNCTION pg_internal.is_superuser(user_id oid) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT coalesce((SELECT r.rolcreaterole FROM pg_catalog.pg_roles r WHERE r.oid = user_id), false) $$;

-- The user of the session, which SET SESSION AUTHORIZATION may have changed: that is PostgreSQL's SET ROLE. CURRENT_USER would be the owner of a function that runs with its owner's privileges.
CREATE FUNCTION pg_internal.caller() RETURNS oid LANGUAGE sql STABLE
    AS $$ SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = coalesce(nullif(pg_catalog.current_setting('role', true), 'none'), session_user::text) $$;

-- Users see their own rows, superusers all of them.
CREATE FUNCTION pg_internal.sees(owner integer) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT pg_internal.is_superuser(pg_internal.caller()) OR pg_internal.caller()::bigint = owner::bigint $$;

CREATE VIEW pg_catalog.stl_load_errors AS
    SELECT user_id AS userid, 0 AS slice, table_id AS tbl, start_time AS starttime, session_id AS session, query_id AS query, file_name::character(256) AS filename, line_number,
        column_name::character(127) AS colname, column_type::character(10) AS type, column_length::character(10) AS col_length, position, raw_line::character(1024) AS raw_line,
        raw_field_value::character(1024) AS raw_field_value, error_code AS err_code, error_message::character(100) AS err_reason, 0 AS is_partial, 0::bigint AS start_offset,
        NULL::bigint AS copy_job_id
    FROM pg_internal.load_error WHERE pg_internal.sees(user_id);

CREATE VIEW pg_catalog.sys_load_error_detail AS
    SELECT user_id, query_id, transaction_id, session_id, database_name::character(64) AS database_name, table_id, start_time, file_name::character(256) AS file_name, line_number,
        column_name::character(127) AS column_name, column_type::character(10) AS column_type, column_length::character(10) AS column_length, position, error_code,
        error_message::character(512) AS error_message, NULL::bigint AS copy_job_id
    FROM pg_internal.load_error WHERE pg_internal.sees(user_id);

-- The field that failed; Redshift also lists the fields before it.
CREATE VIEW pg_catalog.stl_loaderror_detail AS
    SELECT user_id AS userid, 0 AS slice, session_id AS session, query_id::integer AS query, file_name::character(256) AS filename, line_number, NULL::integer AS field,
        column_name::character(1024) AS colname, raw_field_value::character(1024) AS value, (raw_field_value IS NULL)::integer AS is_null, column_type::character(10) AS type,
        column_length::character(10) AS col_length
    FROM pg_internal.load_error WHERE pg_internal.sees(user_id);

-- Sizes of files are NULL: nobody has counted them.
CREATE VIEW pg_catalog.sys_load_history AS
    SELECT user_id, query_id, transaction_id, session_id, database_name, status, table_name, start_time, end_time,
        (EXTRACT(EPOCH FROM end_time - start_time) * 1000000)::bigint AS duration, data_source, file_format, loaded_rows, NULL::bigint AS loaded_bytes, source_file_count,
        NULL::bigint AS source_file_bytes, source_file_count AS file_count_scanned, NULL::bigint AS file_bytes_scanned, error_count, NULL::bigint AS copy_job_id
    FROM pg_internal.load_history WHERE pg_internal.sees(user_id);

CREATE VIEW pg_catalog.sys_load_detail AS
    SELECT user_id, query_id::integer AS query_id, file_name::character(256) AS file_name, NULL::integer AS bytes_scanned, lines_scanned::integer AS lines_scanned, end_time AS record_time,
        1 AS splits_scanned, start_time, end_time, NULL::character(256) AS file_etag, NULL::timestamp AS file_last_modified
    FROM pg_internal.load_file WHERE pg_internal.sees(user_id);

CREATE VIEW pg_catalog.stl_load_commits AS
    SELECT user_id AS userid, query_id::integer AS query, 0 AS slice, ''::character(256) AS name, file_name::character(256) AS filename, 0 AS byte_offset, lines_scanned::integer AS lines_scanned,
        errors, end_time AS curtime, 1 AS status, file_format::character(16) AS file_format, 0 AS is_partial, 0::bigint AS start_offset, NULL::bigint AS copy_job_id
    FROM pg_internal.load_file WHERE committed AND pg_internal.sees(user_id);

CREATE VIEW pg_catalog.sys_unload_history AS
    SELECT user_id, query_id, transaction_id, session_id, database_name, status, start_time, end_time, (EXTRACT(EPOCH FROM end_time - start_time) * 1000000)::bigint AS duration,
        file_format, compression_type, unloaded_location, unloaded_rows, unloaded_files_count, unloaded_files_size, error_message
    FROM pg_internal.unload_history WHERE pg_internal.sees(user_id);

CREATE VIEW pg_catalog.sys_unload_detail AS
    SELECT user_id, query_id::integer AS query_id, session_id, transaction_id, path::character(1280) AS file_name, start_time, end_time, line_count, transfer_size,
        file_format::character(10) AS file_format
    FROM pg_internal.unload_file WHERE pg_internal.sees(user_id);

CREATE VIEW pg_catalog.stl_unload_log AS
    SELECT user_id AS userid, query_id::integer AS query, slice, session_id AS pid, path::character(1280) AS path, start_time, end_time, line_count, transfer_size,
        file_format::character(10) AS file_format
    FROM pg_internal.unload_file WHERE pg_internal.sees(user_id);

-- UNLOAD and COPY only: ids of other queries are given, but nothing more is kept of them. The front writes them to a file, which knows neither ROLLBACK nor snapshots; a line that is being
-- written is not valid yet. Users see their own rows, superusers all of them.
CREATE FUNCTION pg_internal.query_history() RETURNS TABLE (user_id integer, query_id bigint, query_label text, transaction_id bigint, session_id integer, database_name text, query_type text,
        status text, start_time timestamp, end_time timestamp, error_message text, query_text text) LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    SELECT r.* FROM (SELECT DISTINCT ON (id) line FROM (
                SELECT l::json AS line, (l::json ->> 'query_id')::bigint AS id, n FROM string_to_table(pg_read_file('sandbox_queries.json', true), E'\n') WITH ORDINALITY u(l, n)
                WHERE pg_input_is_valid(l, 'json')) lines
            ORDER BY id, n DESC) latest,
        json_to_record(latest.line) AS r(user_id integer, query_id bigint, query_label text, transaction_id bigint, session_id integer, database_name text, query_type text, status text,
            start_time timestamp, end_time timestamp, error_message text, query_text text)
    WHERE (SELECT pg_internal.is_superuser(pg_internal.caller())) OR (SELECT pg_internal.caller()::bigint) = r.user_id::bigint
    $$;

CREATE VIEW pg_catalog.sys_query_history AS
    SELECT h.user_id, h.query_id, h.query_label::character(320) AS query_label, h.transaction_id, h.session_id, h.database_name::character(128) AS database_name,
        h.query_type::character(32) AS query_type, h.status::character(10) AS status, false AS result_cache_hit, h.start_time, h.end_time, t.elapsed AS elapsed_time, 0::bigint AS queue_time,
        t.elapsed AS execution_time, h.error_message::character(512) AS error_message, 0::bigint AS returned_rows, 0::bigint AS returned_bytes, h.query_text::character(4000) AS query_text,
        'Redshift 1.0.0 (sandbox)'::character(256) AS redshift_version, NULL::character(150) AS usage_limit, 'primary'::varchar(32) AS compute_type, 0::bigint AS compile_time, 0::bigint AS planning_time,
        0::bigint AS lock_wait_time, NULL::integer AS service_class_id, NULL::character(64) AS service_class_name, NULL::character(20) AS query_priority,
        'false'::character(10) AS short_query_accelerated, NULL::character(40) AS user_query_hash, NULL::character(40) AS generic_query_hash, NULL::integer AS query_hash_version,
        0 AS result_cache_query_id, pg_catalog.pg_get_userbyid(h.user_id::oid)::character(128) AS username
    FROM pg_internal.query_history() h,
        LATERAL (SELECT (EXTRACT(EPOCH FROM coalesce(h.end_time, clock_timestamp() AT TIME ZONE 'UTC') - h.start_time) * 1000000)::bigint AS elapsed) t;

CREATE VIEW pg_catalog.stl_query AS
    SELECT user_id AS userid, query_id::integer AS query, query_label::character(320) AS label, transaction_id AS xid, session_id AS pid, database_name::character(32) AS database,
        query_text::character(4000) AS querytxt, start_time AS starttime, end_time AS endtime, (status <> 'success')::integer AS aborted, 0 AS insert_pristine, 0 AS concurrency_scaling_status
    FROM pg_internal.query_history() WHERE status <> 'running';

GRANT SELECT ON pg_catalog.sys_query_history, pg_catalog.stl_query, pg_catalog.stl_load_errors, pg_catalog.stl_loaderror_detail, pg_catalog.sys_load_error_detail, pg_catalog.sys_load_history, pg_catalog.sys_load_detail,
    pg_catalog.stl_load_commits, pg_catalog.sys_unload_history, pg_catalog.sys_unload_detail, pg_catalog.stl_unload_log TO PUBLIC;

-- Counts and ids of a session's own UNLOAD and COPY. The front writes them to a file named after the backend: a file knows neither ROLLBACK nor snapshots.
CREATE FUNCTION pg_internal.session_value(place integer, otherwise bigint) RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$ SELECT coalesce(split_part(pg_read_file('sandbox_sessions/' || pg_backend_pid(), 0, 1000, true), ' ', place)::bigint, otherwise) $$;
CREATE FUNCTION pg_catalog.pg_last_query_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT pg_internal.session_value(1, -1) $$;
CREATE FUNCTION pg_catalog.pg_last_unload_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT pg_internal.session_value(2, -1) $$;
CREATE FUNCTION pg_catalog.pg_last_copy_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT pg_internal.session_value(3, -1) $$;
CREATE FUNCTION pg_catalog.pg_last_unload_count() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT pg_internal.session_value(4, 0) $$;
CREATE FUNCTION pg_catalog.pg_last_copy_count() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT pg_internal.session_value(5, 0) $$;

-- Functions that run as their owner and change the catalog do so for tables of users alone.
CREATE FUNCTION pg_internal.require_table(relation oid) RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE oid = pg_internal.caller() AND rolsuper) AND NOT EXISTS (SELECT 1 FROM pg_class c
                WHERE c.oid = relation AND c.oid >= 16384 AND c.relkind = 'r' AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_internal'::regnamespace)) THEN
            RAISE EXCEPTION 'permission denied: % is not a table of a user', relation USING ERRCODE = 'insufficient_privilege';
        END IF;
    END $$;

CREATE FUNCTION pg_internal.require_own_table(relation oid) RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        PERFORM pg_internal.require_table(relation);
        IF NOT pg_has_role(pg_internal.caller(), (SELECT relowner FROM pg_class WHERE oid = relation), 'USAGE') THEN
            RAISE EXCEPTION 'must be owner of relation %', (SELECT relname FROM pg_class WHERE oid = relation) USING ERRCODE = 'insufficient_privilege';
        END IF;
    END $$;

-- Primary keys and unique constraints are declarations: an index that is not ready is neither filled nor asked, and the constraint is still there for who looks. TRUNCATE builds
-- indexes anew: the front, which runs it, calls this again.
CREATE FUNCTION pg_internal.forget_keys(relation oid) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog SET allow_system_table_mods = on
    AS $$
    SELECT pg_internal.require_table(relation);
    UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = relation AND indisunique AND indisready
    $$;
