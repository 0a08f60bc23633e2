-- Datashares, as the cluster that shares has them. A datashare is a role of the cluster's own, "ds:" and its name, which holds "all of the permissions currently granted to the datashare" (page "Amazon
-- Redshift system-defined roles"): USAGE of schemas, SELECT of tables and views. So what is dropped leaves the share, and another table of the same name is not in it.
SET allow_system_table_mods = on;

CREATE VIEW pg_internal.datashare AS
    SELECT i.id, regexp_replace(i.name, '^ds:', '') AS name, pg_internal.role_owner(i.id) AS owner, d.details ->> 'database' AS database, (d.details ->> 'created')::timestamp AS created,
        (d.details ->> 'public')::boolean AS is_public
    FROM pg_internal.identity i, LATERAL (SELECT pg_catalog.shobj_description(i.id, 'pg_authid')::json AS details) d WHERE i.type = 'role' AND i.name ~ '^ds:';
GRANT SELECT ON pg_internal.datashare TO PUBLIC;

-- The share that a statement names, for its owner and for superusers: pages ALTER DATASHARE and DROP DATASHARE.
CREATE FUNCTION pg_internal.own_datashare(share_name text) RETURNS oid LANGUAGE plpgsql STABLE
    AS $$
    DECLARE share record;
    BEGIN
        SELECT * INTO share FROM pg_internal.datashare d WHERE d.name = share_name AND d.database = current_database();
        IF NOT FOUND THEN
            RAISE EXCEPTION 'datashare "%" does not exist', share_name USING ERRCODE = 'undefined_object';
        ELSIF NOT pg_internal.is_superuser(pg_internal.caller()) AND share.owner <> pg_internal.caller() THEN
            RAISE EXCEPTION 'must be owner of datashare %', share_name USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN share.id;
    END $$;

CREATE FUNCTION pg_internal.describe_datashare(share_id oid, owner_id oid, is_public boolean, created text) RETURNS void LANGUAGE plpgsql VOLATILE
    AS $$
    BEGIN
        EXECUTE format('COMMENT ON ROLE %s IS %L', share_id::regrole, json_build_object('owner', owner_id, 'database', current_database(), 'created', created, 'public', is_public));
    END $$;

-- Page CREATE DATASHARE: superusers and the owner of the database.
CREATE FUNCTION pg_internal.create_datashare(share_name text, made_public boolean) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        IF NOT pg_internal.is_superuser(pg_internal.caller()) AND NOT EXISTS (SELECT 1 FROM pg_database d WHERE d.datname = current_database() AND d.datdba = pg_internal.caller()) THEN
            RAISE EXCEPTION 'permission denied to create datashare' USING ERRCODE = 'insufficient_privilege';
        ELSIF EXISTS (SELECT 1 FROM pg_internal.datashare d WHERE d.name = share_name) THEN
            RAISE EXCEPTION 'datashare "%" already exists', share_name USING ERRCODE = 'duplicate_object';
        END IF;
        PERFORM pg_internal.make_role('ds:' || share_name, NULL);
        PERFORM pg_internal.describe_datashare(d.id, pg_internal.caller(), made_public, (clock_timestamp() AT TIME ZONE 'UTC')::timestamp(0)::text) FROM pg_internal.datashare d WHERE d.name = share_name;
    END $$;

CREATE FUNCTION pg_internal.set_datashare_public(share_name text, made_public boolean) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        PERFORM pg_internal.describe_datashare(d.id, d.owner, made_public, d.created::text)
            FROM pg_internal.datashare d WHERE d.id = pg_internal.own_datashare(share_name);
    END $$;

CREATE FUNCTION pg_internal.drop_datashare(share_name text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE share_id oid := pg_internal.own_datashare(share_name);
    BEGIN
        DELETE FROM pg_internal.datashare_new d WHERE d.share = share_id;
        EXECUTE format('DROP OWNED BY %s', share_id::regrole);
        EXECUTE format('DROP ROLE %s', share_id::regrole);
    END $$;

-- Adds or removes a schema, "users should be the owners of objects or have SELECT, USAGE, or ALL privileges on the objects": page ALTER DATASHARE.
CREATE FUNCTION pg_internal.share_schema(share_name text, added boolean, schema_name text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE share_id oid := pg_internal.own_datashare(share_name);
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_namespace n WHERE n.nspname = schema_name AND n.nspname NOT IN ('pg_catalog', 'pg_internal', 'information_schema')) THEN
            RAISE EXCEPTION 'schema "%" does not exist', schema_name USING ERRCODE = 'invalid_schema_name';
        ELSIF NOT has_schema_privilege(pg_internal.caller(), schema_name, 'USAGE') THEN
            RAISE EXCEPTION 'permission denied for schema %', schema_name USING ERRCODE = 'insufficient_privilege';
        END IF;
        DELETE FROM pg_internal.datashare_new d USING pg_namespace n WHERE NOT added AND d.share = share_id AND d.schema = n.oid AND n.nspname = schema_name;
        EXECUTE format(CASE WHEN added THEN 'GRANT USAGE ON SCHEMA %I TO %s' ELSE 'REVOKE USAGE ON SCHEMA %I FROM %s' END, schema_name, share_id::regrole);
    END $$;

CREATE FUNCTION pg_internal.share_table(share_name text, added boolean, relation oid) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE
        share_id oid := pg_internal.own_datashare(share_name);
        target record;
    BEGIN
        SELECT c.relkind, c.relname, c.relpersistence, c.relnamespace INTO target FROM pg_class c WHERE c.oid = relation;
        IF target.relkind NOT IN ('r', 'v', 'm') OR target.relpersistence = 't' OR target.relnamespace IN ('pg_catalog'::regnamespace, 'pg_internal'::regnamespace) THEN
            RAISE EXCEPTION '"%" cannot be shared', target.relname USING ERRCODE = 'wrong_object_type';
        ELSIF NOT has_table_privilege(pg_internal.caller(), relation, 'SELECT') THEN
            RAISE EXCEPTION 'permission denied for relation %', target.relname USING ERRCODE = 'insufficient_privilege';
        END IF;
        EXECUTE format(CASE WHEN added THEN 'GRANT SELECT ON %s TO %s' ELSE 'REVOKE SELECT ON %s FROM %s' END, relation::regclass, share_id::regrole);
    END $$;

CREATE FUNCTION pg_internal.share_tables(share_name text, added boolean, schema_name text) RETURNS void LANGUAGE sql VOLATILE
    AS $$ SELECT pg_internal.share_table(share_name, added, c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = schema_name AND c.relkind IN ('r', 'v', 'm') ORDER BY c.relname $$;

-- Schemas whose new tables and views get into a share by themselves: page ALTER DATASHARE, INCLUDENEW.
CREATE TABLE pg_internal.datashare_new (share oid, schema oid, PRIMARY KEY (share, schema));

CREATE FUNCTION pg_internal.set_datashare_new(share_name text, included boolean, schema_name text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE
        share_id oid := pg_internal.own_datashare(share_name);
        schema_id oid;
    BEGIN
        SELECT n.oid INTO schema_id FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) a WHERE n.nspname = schema_name AND a.grantee = share_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'schema "%" is not in datashare "%"', schema_name, share_name USING ERRCODE = 'undefined_object';
        ELSIF included THEN
            INSERT INTO pg_internal.datashare_new VALUES (share_id, schema_id) ON CONFLICT DO NOTHING;
        ELSE
            DELETE FROM pg_internal.datashare_new d WHERE d.share = share_id AND d.schema = schema_id;
        END IF;
    END $$;

CREATE FUNCTION pg_internal.share_new() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE created record;
    BEGIN
        FOR created IN SELECT DISTINCT c.oid, d.share FROM pg_event_trigger_ddl_commands() e JOIN pg_class c ON c.oid = e.objid AND e.classid = 'pg_class'::regclass
                JOIN pg_internal.datashare_new d ON d.schema = c.relnamespace JOIN pg_roles r ON r.oid = d.share WHERE c.relkind IN ('r', 'v', 'm') LOOP
            EXECUTE format('GRANT SELECT ON %s TO %s', created.oid::regclass, created.share::regrole);
        END LOOP;
    END $$;
CREATE EVENT TRIGGER share_new ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE VIEW', 'CREATE MATERIALIZED VIEW')
    EXECUTE FUNCTION pg_internal.share_new();

-- Page SVV_DATASHARES: superusers see all, owners their own.
CREATE VIEW pg_catalog.svv_datashares AS
    SELECT d.name::varchar(128) AS share_name, d.id::bigint::integer AS share_id, d.owner::bigint::integer AS share_owner, d.database::varchar(128) AS source_database,
        NULL::varchar(128) AS consumer_database, 'OUTBOUND'::varchar(8) AS share_type, d.created AS createdate, d.is_public AS is_publicaccessible, NULL::varchar(256) AS share_acl,
        '000000000000'::varchar(16) AS producer_account, pg_internal.current_namespace()::varchar(64) AS producer_namespace, NULL::varchar(64) AS managed_by
    FROM pg_internal.datashare d WHERE pg_internal.sees(d.owner::bigint::integer);

-- Page SVV_DATASHARE_OBJECTS. Objects of shares of other databases are not known to this one.
CREATE VIEW pg_catalog.svv_datashare_objects AS
    SELECT 'OUTBOUND'::varchar(8) AS share_type, d.name::varchar(128) AS share_name, o.type::varchar(64) AS object_type, o.name::varchar(512) AS object_name,
        '000000000000'::varchar(16) AS producer_account, pg_internal.current_namespace()::varchar(64) AS producer_namespace, CASE o.type WHEN 'schema' THEN EXISTS (SELECT 1 FROM pg_internal.datashare_new w WHERE w.share = d.id AND w.schema = o.id) END AS include_new
    FROM pg_internal.datashare d JOIN (
            SELECT a.grantee, 'schema' AS type, n.nspname::text AS name, n.oid AS id FROM pg_catalog.pg_namespace n CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) a
            UNION ALL SELECT a.grantee, CASE c.relkind WHEN 'r' THEN 'table' WHEN 'm' THEN 'materialized view' ELSE 'view' END, n.nspname || '.' || c.relname, c.oid
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) a WHERE c.relkind IN ('r', 'v', 'm')) o
        ON o.grantee = d.id
    WHERE pg_internal.sees(d.owner::bigint::integer);

GRANT SELECT ON pg_catalog.svv_datashares, pg_catalog.svv_datashare_objects TO PUBLIC;
