-- What PostgreSQL lets every user do and Redshift does not, as far as it is not of tables and queries alone. This is the last script: it holds for what the others have made.
SET allow_system_table_mods = on;

-- There are no large objects, no notifications between sessions, and no messages to the write-ahead log on Redshift.
DO $$
    DECLARE name text;
    BEGIN
        FOR name IN SELECT oid::regprocedure FROM pg_catalog.pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
                AND (proname ~ '^lo_' OR proname IN ('loread', 'lowrite', 'pg_notify', 'pg_listening_channels', 'pg_logical_emit_message', 'pg_export_snapshot')) LOOP
            EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || name || ' FROM PUBLIC';
        END LOOP;
    END $$;

-- No DO, no functions in PL/pgSQL: those would run any statement, past the front.
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;

-- Any owner of a database could install those extensions that PostgreSQL trusts, whose scripts run as the bootstrap superuser.
CREATE FUNCTION pg_internal.before_ddl() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
    BEGIN
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
            RAISE EXCEPTION '% is not supported', tg_tag USING ERRCODE = 'feature_not_supported';
        END IF;
    END $$;
CREATE EVENT TRIGGER sandbox_refused ON ddl_command_start WHEN TAG IN ('CREATE EXTENSION', 'ALTER EXTENSION', 'DROP EXTENSION', 'CREATE LANGUAGE', 'CREATE FOREIGN DATA WRAPPER', 'CREATE SERVER',
        'CREATE FOREIGN TABLE', 'IMPORT FOREIGN SCHEMA', 'CREATE USER MAPPING', 'CREATE TRIGGER', 'CREATE RULE', 'CREATE OPERATOR', 'CREATE CAST', 'CREATE CONVERSION', 'CREATE TYPE',
        'CREATE DOMAIN', 'CREATE AGGREGATE', 'CREATE PROCEDURE', 'CREATE PUBLICATION', 'CREATE SUBSCRIPTION', 'CREATE STATISTICS') EXECUTE FUNCTION pg_internal.before_ddl();

-- A function that runs as its owner, the bootstrap superuser, finds PostgreSQL's own tables and functions before anything that its caller has made: without pg_temp at the end, tables and views of
-- the caller's session would come first ("Writing SECURITY DEFINER Functions Safely", page CREATE FUNCTION of the PostgreSQL documentation).
DO $$
    DECLARE name text;
    BEGIN
        FOR name IN SELECT oid::regprocedure FROM pg_catalog.pg_proc WHERE prosecdef LOOP
            EXECUTE 'ALTER FUNCTION ' || name || ' SET search_path = pg_catalog, pg_temp';
        END LOOP;
    END $$;

-- Databases of the PostgreSQL behind: what users made in the template would be in every database.
REVOKE ALL ON DATABASE template1, postgres FROM PUBLIC;

-- ALTER USER ... SET of a setting that only Redshift has, which PostgreSQL knows from its configuration alone.
DO $$
    DECLARE setting text;
    BEGIN
        FOR setting IN SELECT DISTINCT name FROM pg_catalog.pg_file_settings WHERE name LIKE 'redshift.%' AND name <> 'redshift.isolation_level' LOOP
            EXECUTE format('GRANT SET ON PARAMETER %s TO "sandbox:superuser"', setting);
        END LOOP;
    END $$;
