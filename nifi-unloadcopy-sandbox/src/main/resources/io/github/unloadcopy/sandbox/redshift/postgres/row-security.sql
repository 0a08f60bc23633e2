-- Row-level security. Policies are kept here, and PostgreSQL's own row security applies them: a protected table has policies for PUBLIC that ask, once per query, what is attached to the user of the
-- session. So they also hold below views, where Redshift applies the policies of the user who runs the query (page "Considerations and limitations using RLS policies").
SET allow_system_table_mods = on;

-- The predicate names the table as "rls target".
CREATE TABLE pg_internal.rls_policy (id integer GENERATED ALWAYS AS IDENTITY, name text, alias text NOT NULL, attributes json NOT NULL, predicate text NOT NULL, source text NOT NULL,
    modified_by text NOT NULL, modified_time timestamp NOT NULL);
-- Identity 0 is PUBLIC.
CREATE TABLE pg_internal.rls_attachment (policy integer, relation oid, identity oid, grantor text NOT NULL);
CREATE TABLE pg_internal.rls_relation (relation oid, enabled boolean NOT NULL, conjunction text NOT NULL);

-- What masking.sql attaches.
CREATE TABLE pg_internal.masking_attachment (policy integer, relation oid, outputs text[], inputs text[], identity oid, priority integer NOT NULL, grantor text NOT NULL);

CREATE FUNCTION pg_internal.check_security_administrator(action text) RETURNS void LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        IF NOT pg_internal.is_security_administrator() THEN
            RAISE EXCEPTION 'permission denied to %', action USING ERRCODE = 'insufficient_privilege';
        END IF;
    END $$;

-- "When a user or role is dropped, Amazon Redshift detaches all policies attached to the user or role automatically": page "Policy-dependent objects and principles". PostgreSQL does not tell when that
-- happens, so that they are looked for when it matters.
CREATE FUNCTION pg_internal.detach_from_dropped_identities() RETURNS void LANGUAGE sql VOLATILE
    AS $$
    DELETE FROM pg_internal.rls_attachment a WHERE NOT EXISTS (SELECT 1 FROM pg_internal.identity i WHERE i.id = a.identity);
    DELETE FROM pg_internal.masking_attachment a WHERE NOT EXISTS (SELECT 1 FROM pg_internal.identity i WHERE i.id = a.identity)
    $$;

-- "[{"colname":"a","type":"integer"}]", as page SVV_RLS_POLICY has it.
CREATE FUNCTION pg_internal.policy_attributes(names text[], types text[]) RETURNS json LANGUAGE sql STABLE
    AS $$ SELECT coalesce(json_agg(json_build_object('colname', n, 'type', pg_internal.type_name(to_regtype(t), coalesce(to_regtypemod(t), -1))) ORDER BY o), '[]')
        FROM unnest(names, types) WITH ORDINALITY u(n, t, o) $$;

-- Superusers and sys:secadmin are not restricted, nor are roles with the permission: page "RLS policy ownership and management".
CREATE FUNCTION pg_internal.ignores_row_security() RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT pg_internal.has_permission('IGNORE RLS') $$;

CREATE FUNCTION pg_internal.rls_applies(policy_id integer, relation_id oid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$ SELECT EXISTS (SELECT 1 FROM pg_internal.rls_attachment a WHERE a.policy = policy_id AND a.relation = relation_id
        AND (a.identity = 0 OR a.identity IN (SELECT pg_internal.identities_of(pg_internal.caller())))) $$;

-- What a row has to fulfil. Without a policy for the user, none does: page "Row-level security". Conjunctions: page ALTER TABLE.
CREATE FUNCTION pg_internal.rls_condition(relation_id oid) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE
        relation_conjunction text := (SELECT r.conjunction FROM pg_internal.rls_relation r WHERE r.relation = relation_id AND r.enabled);
        target text := (SELECT quote_ident(c.relname) FROM pg_class c WHERE c.oid = relation_id);
        any_applies text;
        combined text;
    BEGIN
        IF relation_conjunction IS NULL THEN
            RETURN 'true';
        END IF;
        SELECT string_agg(p.applies, ' OR '), string_agg(CASE relation_conjunction WHEN 'and' THEN format('(NOT %s OR (%s))', p.applies, p.predicate) ELSE format('(%s AND (%s))', p.applies, p.predicate) END,
                CASE relation_conjunction WHEN 'and' THEN ' AND ' ELSE ' OR ' END)
            INTO any_applies, combined
            FROM (SELECT format('(SELECT pg_internal.rls_applies(%s, %s::oid))', policy.id, relation_id) AS applies, replace(policy.predicate, '"rls target".', target || '.') AS predicate
                FROM pg_internal.rls_policy policy WHERE EXISTS (SELECT 1 FROM pg_internal.rls_attachment a WHERE a.policy = policy.id AND a.relation = relation_id) ORDER BY policy.id) p;
        RETURN '(SELECT pg_internal.ignores_row_security()) OR ' || coalesce(format('(%s) AND (%s)', any_applies, combined), 'false');
    END $$;

REVOKE EXECUTE ON FUNCTION pg_internal.rls_condition(oid) FROM PUBLIC;

-- Gives PostgreSQL what holds for a table now. INSERT and COPY are not restricted, UPDATE and DELETE reach the rows that the user sees: page "Using RLS policies in SQL statements".
CREATE FUNCTION pg_internal.apply_policies(relation_id oid) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE
        rows text := pg_internal.rls_condition(relation_id);
        masked boolean := pg_internal.has_masks(relation_id);
        secured boolean := masked OR rows <> 'true';
    BEGIN
        EXECUTE format('DROP POLICY IF EXISTS sandbox_select ON %1$s; DROP POLICY IF EXISTS sandbox_insert ON %1$s; DROP POLICY IF EXISTS sandbox_update ON %1$s; DROP POLICY IF EXISTS sandbox_delete ON %1$s',
            relation_id::regclass);
        IF secured THEN
            -- What masks rows has seen to both itself.
            EXECUTE format('CREATE POLICY sandbox_select ON %s FOR SELECT USING (%s(%s))', relation_id::regclass,
                CASE WHEN masked THEN format('CURRENT_USER = ''sandbox:masking'' OR (SELECT pg_internal.check_unmasked(%s::oid)) AND ', relation_id) ELSE '' END, rows);
            EXECUTE format('CREATE POLICY sandbox_insert ON %s FOR INSERT WITH CHECK (true)', relation_id::regclass);
            EXECUTE format('CREATE POLICY sandbox_update ON %s FOR UPDATE USING (%s) WITH CHECK (true)', relation_id::regclass, rows);
            EXECUTE format('CREATE POLICY sandbox_delete ON %s FOR DELETE USING (%s)', relation_id::regclass, rows);
        END IF;
        -- Owners are not exempt.
        EXECUTE format(CASE WHEN secured THEN 'ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY' ELSE 'ALTER TABLE %1$s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY' END,
            relation_id::regclass);
    END $$;

REVOKE EXECUTE ON FUNCTION pg_internal.apply_policies(oid) FROM PUBLIC;

CREATE FUNCTION pg_internal.create_rls_policy(policy_name text, policy_alias text, names text[], types text[], policy_predicate text, policy_source text) RETURNS void
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        PERFORM pg_internal.check_security_administrator('create RLS policy');
        IF EXISTS (SELECT 1 FROM pg_internal.rls_policy p WHERE p.name = policy_name) THEN
            RAISE EXCEPTION 'RLS policy "%" already exists', policy_name USING ERRCODE = 'duplicate_object';
        END IF;
        INSERT INTO pg_internal.rls_policy (name, alias, attributes, predicate, source, modified_by, modified_time)
            VALUES (policy_name, policy_alias, pg_internal.policy_attributes(names, types), policy_predicate, policy_source, pg_get_userbyid(pg_internal.caller()), clock_timestamp() AT TIME ZONE 'UTC');
    END $$;

CREATE FUNCTION pg_internal.rls_policy_id(policy_name text) RETURNS integer LANGUAGE plpgsql STABLE
    AS $$
    DECLARE result integer := (SELECT p.id FROM pg_internal.rls_policy p WHERE p.name = policy_name);
    BEGIN
        IF result IS NULL THEN
            RAISE EXCEPTION 'RLS policy "%" does not exist', policy_name USING ERRCODE = 'undefined_object';
        END IF;
        RETURN result;
    END $$;

-- Page DROP RLS POLICY.
CREATE FUNCTION pg_internal.drop_rls_policy(policy_name text, missing_ok boolean, cascades boolean) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE
        policy_id integer;
        relations oid[];
    BEGIN
        PERFORM pg_internal.check_security_administrator('drop RLS policy');
        PERFORM pg_internal.detach_from_dropped_identities();
        IF missing_ok AND NOT EXISTS (SELECT 1 FROM pg_internal.rls_policy p WHERE p.name = policy_name) THEN
            RETURN;
        END IF;
        policy_id := pg_internal.rls_policy_id(policy_name);
        relations := ARRAY(SELECT DISTINCT a.relation FROM pg_internal.rls_attachment a WHERE a.policy = policy_id);
        IF cardinality(relations) > 0 AND NOT cascades THEN
            RAISE EXCEPTION 'cannot drop RLS policy % because it is attached to a relation', policy_name USING ERRCODE = 'dependent_objects_still_exist';
        END IF;
        DELETE FROM pg_internal.rls_attachment a WHERE a.policy = policy_id;
        DELETE FROM pg_internal.rls_policy p WHERE p.id = policy_id;
        PERFORM pg_internal.apply_policies(r) FROM unnest(relations) r;
    END $$;

-- What policies may be attached to: of Redshift's tables, views and materialized views the sandbox has tables.
CREATE FUNCTION pg_internal.check_policy_target(relation_id oid) RETURNS void LANGUAGE plpgsql STABLE
    AS $$
    DECLARE target record;
    BEGIN
        SELECT c.relname, c.relkind, c.relpersistence, n.nspname INTO target FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation_id;
        IF target.nspname IN ('pg_catalog', 'information_schema', 'pg_internal') OR target.relpersistence = 't' THEN
            RAISE EXCEPTION 'policies cannot be attached to "%": it is a catalog table or a temporary table', target.relname USING ERRCODE = 'wrong_object_type';
        ELSIF target.relkind <> 'r' THEN
            RAISE EXCEPTION 'Policies on views such as "%" are not supported by the sandbox', target.relname USING ERRCODE = 'feature_not_supported';
        END IF;
    END $$;

-- Page ATTACH RLS POLICY: the table has all columns of the WITH clause; policies of one table were created with the same alias (page CREATE RLS POLICY).
CREATE FUNCTION pg_internal.attach_rls_policy(policy_name text, relations oid[], kinds text[], names text[]) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE
        chosen record;
        pair record;
    BEGIN
        PERFORM pg_internal.check_security_administrator('attach RLS policy');
        PERFORM pg_internal.detach_from_dropped_identities();
        SELECT p.* INTO chosen FROM pg_internal.rls_policy p WHERE p.id = pg_internal.rls_policy_id(policy_name);
        FOR pair IN SELECT r AS relation, pg_internal.identity_id(k, n) AS identity, n AS name FROM unnest(relations) r, unnest(kinds, names) u(k, n) LOOP
            PERFORM pg_internal.check_policy_target(pair.relation);
            PERFORM pg_internal.column_number(pair.relation, a ->> 'colname') FROM json_array_elements(chosen.attributes) a;
            IF EXISTS (SELECT 1 FROM pg_internal.rls_attachment a JOIN pg_internal.rls_policy p ON p.id = a.policy WHERE a.relation = pair.relation AND p.alias <> chosen.alias) THEN
                RAISE EXCEPTION 'all RLS policies of a relation need the same relation alias' USING ERRCODE = 'invalid_object_definition';
            ELSIF EXISTS (SELECT 1 FROM pg_internal.rls_attachment a WHERE a.policy = chosen.id AND a.relation = pair.relation AND a.identity = pair.identity) THEN
                RAISE EXCEPTION 'RLS policy "%" is already attached for %', policy_name, pair.name USING ERRCODE = 'duplicate_object';
            END IF;
            INSERT INTO pg_internal.rls_attachment VALUES (chosen.id, pair.relation, pair.identity, pg_get_userbyid(pg_internal.caller()));
        END LOOP;
        PERFORM pg_internal.apply_policies(r) FROM unnest(relations) r;
    END $$;

CREATE FUNCTION pg_internal.detach_rls_policy(policy_name text, relations oid[], kinds text[], names text[]) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE
        policy_id integer;
        pair record;
    BEGIN
        PERFORM pg_internal.check_security_administrator('detach RLS policy');
        policy_id := pg_internal.rls_policy_id(policy_name);
        FOR pair IN SELECT r AS relation, pg_internal.identity_id(k, n) AS identity, n AS name FROM unnest(relations) r, unnest(kinds, names) u(k, n) LOOP
            DELETE FROM pg_internal.rls_attachment a WHERE a.policy = policy_id AND a.relation = pair.relation AND a.identity = pair.identity;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'RLS policy "%" is not attached for %', policy_name, pair.name USING ERRCODE = 'undefined_object';
            END IF;
        END LOOP;
        PERFORM pg_internal.apply_policies(r) FROM unnest(relations) r;
    END $$;

-- ALTER TABLE ... ROW LEVEL SECURITY, which superusers and sys:secadmin may: page ALTER TABLE.
CREATE FUNCTION pg_internal.set_row_level_security(relation_id oid, turned_on boolean, combination text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        PERFORM pg_internal.check_security_administrator('alter row level security');
        PERFORM pg_internal.check_policy_target(relation_id);
        UPDATE pg_internal.rls_relation r SET enabled = turned_on, conjunction = coalesce(combination, r.conjunction) WHERE r.relation = relation_id;
        IF NOT FOUND THEN
            INSERT INTO pg_internal.rls_relation VALUES (relation_id, turned_on, coalesce(combination, 'and'));
        END IF;
        PERFORM pg_internal.apply_policies(relation_id);
    END $$;

-- "Only users with the sys:secadmin role can query this view": pages SVV_RLS_POLICY and SVV_RLS_ATTACHED_POLICY. For others they have no rows.
CREATE VIEW pg_catalog.svv_rls_policy AS
    SELECT current_database()::text AS poldb, p.name AS polname, p.alias AS polalias, p.attributes::text AS polatts, p.source AS polqual, true AS polenabled, p.modified_by AS polmodifiedby,
        p.modified_time AS polmodifiedtime
    FROM pg_internal.rls_policy p WHERE pg_internal.is_security_administrator();

CREATE VIEW pg_catalog.svv_rls_attached_policy AS
    SELECT n.nspname::text AS relschema, c.relname::text AS relname, 'table'::text AS relkind, p.name AS polname, a.grantor, i.name::text AS grantee, i.type AS granteekind, true AS is_pol_on,
        coalesce(r.enabled, false) AS is_rls_on, coalesce(r.conjunction, 'and')::character(3) AS rls_conjunction_type
    FROM pg_internal.rls_attachment a JOIN pg_internal.rls_policy p ON p.id = a.policy JOIN pg_catalog.pg_class c ON c.oid = a.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_internal.identity i ON i.id = a.identity LEFT JOIN pg_internal.rls_relation r ON r.relation = a.relation
    WHERE pg_internal.is_security_administrator();

-- Page SVV_RLS_RELATION: superusers see all rows, others those of their own relations. RLS over datashares is not known here.
CREATE VIEW pg_catalog.svv_rls_relation AS
    SELECT current_database()::text AS datname, n.nspname::text AS relschema, c.relname::text AS relname, 'table'::text AS relkind, r.enabled AS is_rls_on, false AS is_rls_datashare_on,
        r.conjunction::character(3) AS rls_conjunction_type, 'and'::character(3) AS rls_datashare_conjunction_type
    FROM pg_internal.rls_relation r JOIN pg_catalog.pg_class c ON c.oid = r.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE r.enabled AND (pg_internal.is_security_administrator() OR c.relowner = pg_internal.caller());

GRANT SELECT ON pg_catalog.svv_rls_policy, pg_catalog.svv_rls_attached_policy, pg_catalog.svv_rls_relation TO PUBLIC;

-- Policies are detached from a table that is dropped; what they refer to is neither dropped nor renamed, with CASCADE either: page "Policy-dependent objects and principles".
CREATE FUNCTION pg_internal.detach_dropped() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        DELETE FROM pg_internal.rls_attachment a USING pg_event_trigger_dropped_objects() d WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND a.relation = d.objid;
        DELETE FROM pg_internal.rls_relation r USING pg_event_trigger_dropped_objects() d WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND r.relation = d.objid;
        DELETE FROM pg_internal.masking_attachment a USING pg_event_trigger_dropped_objects() d WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND a.relation = d.objid;
    END $$;

CREATE FUNCTION pg_internal.check_policy_columns() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE gone text;
    BEGIN
        SELECT r.name INTO gone FROM pg_event_trigger_ddl_commands() d JOIN (
                SELECT a.relation, e ->> 'colname' AS name FROM pg_internal.rls_attachment a JOIN pg_internal.rls_policy p ON p.id = a.policy, json_array_elements(p.attributes) e
                UNION SELECT a.relation, c FROM pg_internal.masking_attachment a, unnest(a.outputs || a.inputs) c) r ON r.relation = d.objid
            WHERE d.classid = 'pg_class'::regclass AND NOT EXISTS (SELECT 1 FROM pg_attribute t WHERE t.attrelid = r.relation AND t.attname = r.name AND NOT t.attisdropped) LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'cannot drop or rename column "%" because a policy that is attached to its table depends on it', gone USING ERRCODE = 'dependent_objects_still_exist';
        END IF;
    END $$;
