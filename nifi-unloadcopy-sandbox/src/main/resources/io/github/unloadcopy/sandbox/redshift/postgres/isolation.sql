-- Isolation levels of databases, and what the front has to know of transactions.
SET allow_system_table_mods = on;

-- The database's own level, or the one that the cluster was started with.
CREATE FUNCTION pg_internal.isolation_level(database oid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$ SELECT coalesce((SELECT split_part(c, '=', 2) FROM pg_db_role_setting s, unnest(s.setconfig) c
        WHERE s.setrole = 0 AND s.setdatabase IN (database, 0) AND split_part(c, '=', 1) = 'redshift.isolation_level' ORDER BY s.setdatabase DESC LIMIT 1), 'snapshot') $$;

CREATE FUNCTION pg_internal.isolation_name(database oid) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT CASE pg_internal.isolation_level(database) WHEN 'serializable' THEN 'Serializable' ELSE 'Snapshot Isolation' END $$;

-- Page STV_DB_ISOLATION_LEVEL: superusers see all rows, others their own.
CREATE VIEW pg_catalog.stv_db_isolation_level AS
    SELECT datname::character(128) AS db_name, pg_internal.isolation_name(oid)::character(20) AS isolation_level
    FROM pg_catalog.pg_database WHERE NOT datistemplate AND datname <> 'postgres' AND pg_internal.sees(datdba::bigint::integer);

-- Pages PG_DATABASE_INFO and CREATE DATABASE: PG_DATABASE's columns, as PostgreSQL 8.0 has them, with datid for oid; datconfig has the level as concurrency_model, 1 for SNAPSHOT and 2 for SERIALIZABLE.
CREATE VIEW pg_catalog.pg_database_info AS
    SELECT datname, oid AS datid, datdba, encoding, datistemplate, datallowconn, dattablespace,
        ARRAY['concurrency_model=' || CASE pg_internal.isolation_level(oid) WHEN 'serializable' THEN '2' ELSE '1' END] AS datconfig, datacl,
        CASE datconnlimit WHEN -1 THEN 'UNLIMITED' ELSE datconnlimit::text END AS datconnlimit
    FROM pg_catalog.pg_database WHERE datname <> 'postgres';

GRANT SELECT ON pg_catalog.stv_db_isolation_level, pg_catalog.pg_database_info TO PUBLIC;

-- Rules: page ALTER DATABASE. The current database may be altered while no other session is connected to it; sessions keep the level that they began with.
CREATE FUNCTION pg_internal.alter_isolation_level(database text, level text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = database) THEN
            RAISE EXCEPTION 'database "%" does not exist', database USING ERRCODE = 'invalid_catalog_name';
        ELSIF NOT EXISTS (SELECT 1 FROM pg_roles WHERE oid = pg_internal.caller() AND (rolcreatedb OR pg_internal.is_superuser(oid))) THEN
            RAISE EXCEPTION 'must be superuser or have the CREATE DATABASE privilege to change the isolation level of a database' USING ERRCODE = 'insufficient_privilege';
        ELSIF database IN ('dev', 'padb_harvest', 'template0', 'template1', 'postgres') THEN
            RAISE EXCEPTION 'cannot alter the isolation level of database "%"', database USING ERRCODE = 'feature_not_supported';
        ELSIF EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = database AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND usename <> 'postgres') THEN
            RAISE EXCEPTION 'database "%" is being accessed by other users', database USING ERRCODE = 'object_in_use';
        END IF;
        EXECUTE format('ALTER DATABASE %I SET redshift.isolation_level TO %L', database, level);
    END $$;

-- Which tables open transactions of this database have read and written, told by the locks that they hold: the front locks a target that is also read in EXCLUSIVE mode, see TransactionGuard. LOCK, which
-- is neither, is ACCESS EXCLUSIVE. A table is missing when it is there for PostgreSQL, whose catalog is always the latest, and not in the caller's snapshot. The caller gets an id when it has written.
CREATE FUNCTION pg_internal.table_access() RETURNS TABLE (process_id integer, relation bigint, reads boolean, writes boolean, missing boolean, own boolean, transaction_id text, snapshot text,
        horizon text) LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    WITH held AS MATERIALIZED (SELECT * FROM pg_locks WHERE granted AND locktype IN ('relation', 'transactionid')),
        touched AS MATERIALIZED (SELECT h.pid, h.relation, bool_or(h.mode IN ('AccessShareLock', 'ExclusiveLock')) AS reads, bool_or(h.mode <> 'AccessShareLock') AS writes
            FROM held h WHERE h.locktype = 'relation' AND h.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND h.relation >= 16384
                AND h.mode IN ('AccessShareLock', 'RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock')
            GROUP BY h.pid, h.relation)
    SELECT t.pid, t.relation::bigint, t.reads, t.writes, c.oid IS NULL AND pg_table_is_visible(t.relation) IS NOT NULL, t.pid = pg_backend_pid(),
        CASE WHEN t.pid <> pg_backend_pid() THEN (SELECT x.transactionid::text FROM held x WHERE x.locktype = 'transactionid' AND x.pid = t.pid AND x.mode = 'ExclusiveLock' LIMIT 1)
            WHEN EXISTS (SELECT 1 FROM touched w WHERE w.pid = t.pid AND w.writes) THEN pg_current_xact_id()::text END,
        pg_current_snapshot()::text, (SELECT min(a.backend_xmin::text::bigint)::text FROM pg_stat_activity a)
    FROM touched t LEFT JOIN pg_class c ON c.oid = t.relation
    WHERE c.oid IS NULL OR c.relkind = 'r' AND c.relpersistence <> 't' AND c.relnamespace NOT IN ('pg_internal'::regnamespace, 'pg_catalog'::regnamespace)
    $$;
