-- Running statements, sessions and transactions, and how one session ends those of another.
SET allow_system_table_mods = on;

-- Times are UTC, as pages STV_RECENTS and STV_INFLIGHT have them. Ended statements stay in STV_RECENTS as Done.
CREATE VIEW pg_catalog.stv_recents AS
    SELECT user_id AS userid, (CASE status WHEN 'running' THEN 'Running' ELSE 'Done' END)::character(20) AS status, start_time AS starttime,
        (EXTRACT(EPOCH FROM coalesce(end_time, clock_timestamp() AT TIME ZONE 'UTC') - start_time) * 1000000)::bigint AS duration,
        pg_catalog.pg_get_userbyid(user_id::oid)::character(50) AS user_name, database_name::character(50) AS db_name, query_text::character(600) AS query,
        CASE status WHEN 'running' THEN session_id ELSE -1 END AS pid
    FROM pg_internal.query_history();

CREATE VIEW pg_catalog.stv_inflight AS
    SELECT user_id AS userid, 0 AS slice, query_id::integer AS query, query_label::character(320) AS label, transaction_id AS xid, session_id AS pid, start_time AS starttime,
        query_text::character(100) AS text, 0 AS suspended, 0 AS insert_pristine, 0 AS concurrency_scaling_status
    FROM pg_internal.query_history() WHERE status = 'running';

-- PostgreSQL keeps what it once told about sessions until the transaction ends. Users see their own sessions, superusers all; none sees the sandbox's own.
CREATE FUNCTION pg_internal.sessions() RETURNS SETOF pg_stat_activity LANGUAGE plpgsql VOLATILE
    AS $$
    BEGIN
        PERFORM pg_catalog.pg_stat_clear_snapshot();
        RETURN QUERY SELECT * FROM pg_catalog.pg_stat_activity a WHERE a.backend_type = 'client backend' AND a.usename <> 'postgres' AND pg_internal.sees(a.usesysid::integer);
    END $$;

CREATE VIEW pg_internal.client_stat_activity AS SELECT * FROM pg_internal.sessions();
GRANT SELECT ON pg_internal.client_stat_activity TO PUBLIC;

CREATE VIEW pg_catalog.stv_sessions AS
    SELECT (s.backend_start AT TIME ZONE 'UTC')::timestamp AS starttime, s.pid AS process, s.usename::character(50) AS user_name, s.datname::character(50) AS db_name, 0 AS timeout_sec
    FROM pg_internal.sessions() s;

-- Every transaction holds ExclusiveLock on itself, which says that it is open.
CREATE VIEW pg_catalog.svv_transactions AS
    SELECT s.usename::text AS txn_owner, s.datname::text AS txn_db, coalesce(s.backend_xid::text::bigint, split_part(l.virtualtransaction, '/', 2)::bigint) AS xid, s.pid,
        (s.xact_start AT TIME ZONE 'UTC')::timestamp AS txn_start, l.mode AS lock_mode, CASE l.locktype WHEN 'relation' THEN 'relation' ELSE 'transactionid' END AS lockable_object_type,
        l.relation::bigint::integer AS relation, l.granted
    FROM pg_internal.sessions() s JOIN pg_catalog.pg_locks l ON l.pid = s.pid
    WHERE l.locktype = 'relation' OR l.locktype = 'virtualxid' OR l.locktype = 'transactionid' AND NOT l.granted;

GRANT SELECT ON pg_catalog.stv_recents, pg_catalog.stv_inflight, pg_catalog.stv_sessions, pg_catalog.svv_transactions TO PUBLIC;

-- Asks the front, by a notice that it takes for itself, and PostgreSQL to cancel a statement or end a session. "You can cancel queries currently being run by your user. Superusers can cancel any
-- query": pages PG_CANCEL_BACKEND, PG_TERMINATE_BACKEND and CANCEL. The guide does not say how others are refused: the words are those of PostgreSQL 8.0, which Redshift comes from.
CREATE FUNCTION pg_internal.signal_session(kind text, process_id integer, message text, announces boolean DEFAULT true, sends boolean DEFAULT true) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE owner oid;
    BEGIN
        PERFORM pg_stat_clear_snapshot();
        SELECT usesysid INTO owner FROM pg_stat_activity WHERE pid = process_id AND backend_type = 'client backend' AND usename <> 'postgres';
        IF NOT FOUND THEN
            RETURN false;
        END IF;
        IF pg_internal.caller() <> owner AND NOT pg_internal.is_superuser(pg_internal.caller()) THEN
            RAISE EXCEPTION 'must be superuser to signal other server processes' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF announces THEN
            RAISE INFO USING ERRCODE = 'UCSIG', MESSAGE = kind || ' ' || process_id || coalesce(' ' || message, '');
        END IF;
        IF NOT sends THEN
            RETURN true;
        ELSIF kind = 'cancel' THEN
            PERFORM postgres_cancel_backend(process_id);
        ELSE
            PERFORM postgres_terminate_backend(process_id, 0);
        END IF;
        RETURN true;
    END $$;

ALTER FUNCTION pg_catalog.pg_cancel_backend(integer) RENAME TO postgres_cancel_backend;
ALTER FUNCTION pg_catalog.pg_terminate_backend(integer, bigint) RENAME TO postgres_terminate_backend;

-- The guide documents no result; PostgreSQL 8.0 has 1 for a signal that was sent and 0 with a warning for a process id that no session has.
CREATE FUNCTION pg_internal.signalled(kind text, process_id integer) RETURNS integer LANGUAGE plpgsql VOLATILE
    AS $$
    BEGIN
        IF pg_internal.signal_session(kind, process_id, NULL) THEN
            RETURN 1;
        END IF;
        RAISE WARNING 'PID % is not a PostgreSQL server process', process_id;
        RETURN 0;
    END $$;
CREATE FUNCTION pg_catalog.pg_cancel_backend(pid integer) RETURNS integer LANGUAGE sql VOLATILE STRICT AS $$ SELECT pg_internal.signalled('cancel', pid) $$;
CREATE FUNCTION pg_catalog.pg_terminate_backend(pid integer) RETURNS integer LANGUAGE sql VOLATILE STRICT AS $$ SELECT pg_internal.signalled('terminate', pid) $$;

-- CANCEL pid ['message'], first part: the front has to know the message before the statement ends, and gets the notice when this statement is done.
CREATE FUNCTION pg_internal.announce_cancel(process_id integer, message text) RETURNS void LANGUAGE plpgsql VOLATILE
    AS $$
    BEGIN
        IF NOT pg_internal.signal_session('cancel', process_id, message, sends => false) THEN
            RAISE EXCEPTION 'Session % does not exist. The session PID might have changed. Check the stl_restarted_sessions system table for details.', process_id USING ERRCODE = 'internal_error';
        END IF;
    END $$;

-- Second part. A session that has ended meanwhile is what was wanted.
CREATE FUNCTION pg_internal.cancel(process_id integer) RETURNS void LANGUAGE sql VOLATILE
    AS $$ SELECT pg_internal.signal_session('cancel', process_id, NULL, announces => false) $$;
