-- Dynamic data masking. The front has a query read a masked table through pg_internal.masked_rows, which gives the rows as the user of the session is to see them. Wherever it does not, as below a
-- view, the table's policy for SELECT ends the query: unmasked values are never given.
SET allow_system_table_mods = on;

-- One expression for each column that is masked, over the columns of the WITH clause; categories are those of the types of the expressions.
CREATE TABLE pg_internal.masking_policy (id integer GENERATED ALWAYS AS IDENTITY, name text, attributes json NOT NULL, types text[] NOT NULL, expressions text[] NOT NULL,
    result_types oid[] NOT NULL, source text NOT NULL, modified_by text NOT NULL, modified_time timestamp NOT NULL);

CREATE FUNCTION pg_internal.has_masks(relation_id oid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$ SELECT EXISTS (SELECT 1 FROM pg_internal.masking_attachment a WHERE a.relation = relation_id) $$;

-- The policies that apply to the user of the session, with their places in them, by column: of several, the one with the highest priority. Page "Dynamic data masking policy hierarchy".
-- No page exempts anyone: superusers too see what is masked for PUBLIC.
CREATE FUNCTION pg_internal.masks(relation_id oid) RETURNS TABLE (column_name text, policy integer, place integer, inputs text[]) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$ SELECT DISTINCT ON (o.name) o.name, a.policy, o.place::integer, a.inputs FROM pg_internal.masking_attachment a, unnest(a.outputs) WITH ORDINALITY o(name, place)
        WHERE a.relation = relation_id AND (a.identity = 0 OR a.identity IN (SELECT pg_internal.identities_of(pg_internal.caller()))) ORDER BY o.name, a.priority DESC $$;

CREATE FUNCTION pg_internal.check_unmasked(relation_id oid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM pg_internal.masks(relation_id)) THEN
            RAISE EXCEPTION 'Masking policies of table "%" are not supported by the sandbox in this statement', (SELECT relname FROM pg_class WHERE oid = relation_id)
                USING ERRCODE = 'feature_not_supported', HINT = 'Name the table in the FROM clause of a query. Views on it, and UPDATE, DELETE and MERGE that read it, are not supported.';
        END IF;
        RETURN true;
    END $$;

-- A column that the user may not read.
CREATE FUNCTION pg_internal.denied(relation_name text, value anyelement) RETURNS anyelement LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        RAISE EXCEPTION 'permission denied for relation %', relation_name USING ERRCODE = 'insufficient_privilege';
    END $$;

-- Masking expressions are evaluated with the right to read tables and nothing more. A privilege on each masked table would be seen in its access control list.
CREATE ROLE "sandbox:masking" IN ROLE pg_read_all_data;
REVOKE EXECUTE ON FUNCTION pg_internal.masks(oid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_internal.masks(oid), pg_internal.rls_condition(oid) TO "sandbox:masking";

CREATE FUNCTION pg_internal.masked_rows(template anyelement) RETURNS SETOF anyelement LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE
        relation_id oid := (SELECT t.typrelid FROM pg_type t WHERE t.oid = pg_typeof(template));
        columns text;
    BEGIN
        -- Views would run functions of their owners here.
        IF NOT pg_internal.has_masks(relation_id) THEN
            RAISE EXCEPTION '% is not a masked table', pg_typeof(template) USING ERRCODE = 'wrong_object_type';
        END IF;
        IF NOT has_any_column_privilege(pg_internal.caller(), relation_id, 'SELECT')
                OR NOT has_schema_privilege(pg_internal.caller(), (SELECT c.relnamespace FROM pg_class c WHERE c.oid = relation_id), 'USAGE') THEN
            RAISE EXCEPTION 'permission denied for relation %', (SELECT c.relname FROM pg_class c WHERE c.oid = relation_id) USING ERRCODE = 'insufficient_privilege';
        END IF;
        SELECT string_agg(format('(%s)::%s', CASE WHEN NOT has_column_privilege(pg_internal.caller(), relation_id, a.attnum, 'SELECT') THEN 'NULL'
                WHEN m.policy IS NULL THEN quote_ident(c.relname) || '.' || quote_ident(a.attname)
                ELSE format('SELECT %s FROM (SELECT %s) "masking input"', p.expressions[m.place],
                    (SELECT string_agg(format('%I.%I::%s AS %I', c.relname, m.inputs[e.o], p.types[e.o], e.v ->> 'colname'), ', ' ORDER BY e.o) FROM json_array_elements(p.attributes) WITH ORDINALITY e(v, o))) END,
                format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum) INTO columns
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_internal.masks(relation_id) m ON m.column_name = a.attname
                LEFT JOIN pg_internal.masking_policy p ON p.id = m.policy
            WHERE a.attrelid = relation_id AND a.attnum > 0 AND NOT a.attisdropped;
        -- Rows are protected before columns are masked: page "Considerations when using dynamic data masking".
        RETURN QUERY EXECUTE format('SELECT %s FROM %s WHERE %s', columns, relation_id::regclass, pg_internal.rls_condition(relation_id));
    END $$;
ALTER FUNCTION pg_internal.masked_rows(anyelement) OWNER TO "sandbox:masking";

-- The tables that are masked for the user of the session, and what a query is to read in their place.
CREATE FUNCTION pg_internal.masked_references() RETURNS TABLE (relation oid, schema_name text, table_name text, reference text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$ SELECT c.oid, n.nspname, c.relname,
            '(SELECT ' || string_agg(CASE WHEN has_column_privilege(pg_internal.caller(), c.oid, a.attnum, 'SELECT') THEN quote_ident(a.attname)
                ELSE format('pg_internal.denied(%L, NULL::%s) AS %I', c.relname, format_type(a.atttypid, a.atttypmod), a.attname) END, ', ' ORDER BY a.attnum)
            || format(' FROM pg_internal.masked_rows(NULL::%I.%I))', n.nspname, c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE EXISTS (SELECT 1 FROM pg_internal.masks(c.oid)) AND c.oid IN (SELECT m.relation FROM pg_internal.masking_attachment m)
        GROUP BY c.oid, n.nspname, c.relname $$;

-- Page CREATE MASKING POLICY.
CREATE FUNCTION pg_internal.create_masking_policy(policy_name text, missing_only boolean, names text[], input_types text[], policy_expressions text[], policy_result_types regtype[], policy_source text)
        RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        PERFORM pg_internal.check_security_administrator('create masking policy');
        IF EXISTS (SELECT 1 FROM pg_internal.masking_policy p WHERE p.name = policy_name) THEN
            IF missing_only THEN
                RETURN;
            END IF;
            RAISE EXCEPTION 'masking policy "%" already exists', policy_name USING ERRCODE = 'duplicate_object';
        END IF;
        INSERT INTO pg_internal.masking_policy (name, attributes, types, expressions, result_types, source, modified_by, modified_time)
            VALUES (policy_name, pg_internal.policy_attributes(names, input_types), input_types, policy_expressions, policy_result_types::oid[], policy_source, pg_get_userbyid(pg_internal.caller()),
                clock_timestamp() AT TIME ZONE 'UTC');
    END $$;

CREATE FUNCTION pg_internal.masking_policy_id(policy_name text) RETURNS integer LANGUAGE plpgsql STABLE
    AS $$
    DECLARE result integer := (SELECT p.id FROM pg_internal.masking_policy p WHERE p.name = policy_name);
    BEGIN
        IF result IS NULL THEN
            RAISE EXCEPTION 'masking policy "%" does not exist', policy_name USING ERRCODE = 'undefined_object';
        END IF;
        RETURN result;
    END $$;

CREATE FUNCTION pg_internal.drop_masking_policy(policy_name text, missing_ok boolean, cascades boolean) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE
        policy_id integer;
        relations oid[];
    BEGIN
        PERFORM pg_internal.check_security_administrator('drop masking policy');
        PERFORM pg_internal.detach_from_dropped_identities();
        IF missing_ok AND NOT EXISTS (SELECT 1 FROM pg_internal.masking_policy p WHERE p.name = policy_name) THEN
            RETURN;
        END IF;
        policy_id := pg_internal.masking_policy_id(policy_name);
        relations := ARRAY(SELECT DISTINCT a.relation FROM pg_internal.masking_attachment a WHERE a.policy = policy_id);
        IF cardinality(relations) > 0 AND NOT cascades THEN
            RAISE EXCEPTION 'cannot drop masking policy % because it is attached to a relation', policy_name USING ERRCODE = 'dependent_objects_still_exist';
        END IF;
        DELETE FROM pg_internal.masking_attachment a WHERE a.policy = policy_id;
        DELETE FROM pg_internal.masking_policy p WHERE p.id = policy_id;
        PERFORM pg_internal.apply_policies(r) FROM unnest(relations) r;
    END $$;

-- The types of columns and of a policy match by category: numbers, texts, dates and times.
CREATE FUNCTION pg_internal.check_mask_type(relation_id oid, column_name text, policy_type oid) RETURNS void LANGUAGE plpgsql STABLE
    AS $$
    DECLARE column_type oid := (SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = relation_id AND a.attnum = pg_internal.column_number(relation_id, column_name));
    BEGIN
        IF (SELECT count(DISTINCT CASE t.typcategory WHEN 'U' THEN t.typname::text ELSE t.typcategory::text END) FROM pg_type t WHERE t.oid IN (column_type, policy_type)) > 1 THEN
            RAISE EXCEPTION 'type % of the masking policy does not match the type of column "%"', policy_type::regtype, column_name USING ERRCODE = 'datatype_mismatch';
        END IF;
    END $$;

-- Rules: pages ATTACH MASKING POLICY and "Dynamic data masking policy hierarchy".
CREATE FUNCTION pg_internal.attach_masking_policy(policy_name text, relation_id oid, output_names text[], input_names text[], kind text, identity_name text, chosen_priority integer) RETURNS void
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE
        chosen record;
        identity_id oid := pg_internal.identity_id(kind, identity_name);
    BEGIN
        PERFORM pg_internal.check_security_administrator('attach masking policy');
        PERFORM pg_internal.detach_from_dropped_identities();
        PERFORM pg_internal.check_policy_target(relation_id);
        SELECT p.* INTO chosen FROM pg_internal.masking_policy p WHERE p.id = pg_internal.masking_policy_id(policy_name);
        IF cardinality(input_names) <> cardinality(chosen.types) THEN
            RAISE EXCEPTION 'masking policy "%" has % input columns', policy_name, cardinality(chosen.types) USING ERRCODE = 'invalid_column_definition';
        ELSIF cardinality(output_names) <> cardinality(chosen.expressions) THEN
            RAISE EXCEPTION 'masking policy "%" has % output columns', policy_name, cardinality(chosen.expressions) USING ERRCODE = 'invalid_column_definition';
        END IF;
        PERFORM pg_internal.check_mask_type(relation_id, n, to_regtype(t)) FROM unnest(input_names, chosen.types) u(n, t);
        PERFORM pg_internal.check_mask_type(relation_id, n, t) FROM unnest(output_names, chosen.result_types) u(n, t);
        IF EXISTS (SELECT 1 FROM pg_internal.masking_attachment a WHERE a.relation = relation_id AND a.outputs && output_names AND a.identity = identity_id) THEN
            RAISE EXCEPTION 'a masking policy is attached to one of these columns for % already', identity_name USING ERRCODE = 'duplicate_object';
        ELSIF EXISTS (SELECT 1 FROM pg_internal.masking_attachment a WHERE a.relation = relation_id AND a.outputs && output_names AND a.priority = chosen_priority
                AND (a.policy, a.outputs, a.inputs) <> (chosen.id, output_names, input_names)) THEN
            RAISE EXCEPTION 'a masking policy is attached to one of these columns with priority % already', chosen_priority USING ERRCODE = 'duplicate_object';
        END IF;
        INSERT INTO pg_internal.masking_attachment VALUES (chosen.id, relation_id, output_names, input_names, identity_id, chosen_priority, pg_get_userbyid(pg_internal.caller()));
        PERFORM pg_internal.apply_policies(relation_id);
    END $$;

CREATE FUNCTION pg_internal.detach_masking_policy(policy_name text, relation_id oid, output_names text[], kind text, identity_name text) RETURNS void
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        PERFORM pg_internal.check_security_administrator('detach masking policy');
        DELETE FROM pg_internal.masking_attachment a WHERE a.policy = pg_internal.masking_policy_id(policy_name) AND a.relation = relation_id AND a.outputs = output_names
            AND a.identity = pg_internal.identity_id(kind, identity_name);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'masking policy "%" is not attached to these columns for %', policy_name, identity_name USING ERRCODE = 'undefined_object';
        END IF;
        PERFORM pg_internal.apply_policies(relation_id);
    END $$;

-- "Only superusers and users with the sys:secadmin role can view" them, "Regular users will see 0 rows": pages SVV_MASKING_POLICY and SVV_ATTACHED_MASKING_POLICY.
CREATE VIEW pg_catalog.svv_masking_policy AS
    SELECT current_database()::text AS policy_database, p.name AS policy_name, p.attributes::text AS input_columns, p.source AS policy_expression, p.modified_by AS policy_modified_by,
        p.modified_time AS policy_modified_time
    FROM pg_internal.masking_policy p WHERE pg_internal.is_security_administrator();

CREATE VIEW pg_catalog.svv_attached_masking_policy AS
    SELECT p.name AS policy_name, n.nspname::text AS schema_name, c.relname::text AS table_name, 'table'::text AS table_type, a.grantor, i.name::text AS grantee, i.type AS grantee_type, a.priority,
        array_to_json(a.inputs)::text AS input_columns, array_to_json(a.outputs)::text AS output_columns, false AS is_masking_datashare_on
    FROM pg_internal.masking_attachment a JOIN pg_internal.masking_policy p ON p.id = a.policy JOIN pg_catalog.pg_class c ON c.oid = a.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_internal.identity i ON i.id = a.identity
    WHERE pg_internal.is_security_administrator();

GRANT SELECT ON pg_catalog.svv_masking_policy, pg_catalog.svv_attached_masking_policy TO PUBLIC;

CREATE EVENT TRIGGER sandbox_policies_dropped ON sql_drop EXECUTE FUNCTION pg_internal.detach_dropped();
CREATE EVENT TRIGGER sandbox_policy_columns ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION pg_internal.check_policy_columns();
