-- Views WITH NO SCHEMA BINDING: the text of each, see LateBindingViews.
SET allow_system_table_mods = on;

CREATE TABLE pg_internal.late_view (relation oid PRIMARY KEY, query text NOT NULL, definition text NOT NULL);

-- Remembers the query of a view of no columns that its owner has just created. The function that runs it is the owner's, as whom the view reads. PL/pgSQL checks the query's syntax only.
CREATE FUNCTION pg_internal.keep_late(view oid, query_text text, definition_text text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    DECLARE owner name := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = view AND relkind = 'v' AND relnatts = 0 AND pg_has_role(session_user, relowner, 'USAGE'));
    BEGIN
        IF owner IS NULL THEN
            RAISE EXCEPTION 'must be owner of the view' USING ERRCODE = 'insufficient_privilege';
        END IF;
        DELETE FROM pg_internal.late_view WHERE relation = view;
        INSERT INTO pg_internal.late_view VALUES (view, query_text, definition_text);
        EXECUTE format('CREATE OR REPLACE FUNCTION pg_internal.%I() RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS %L', 'late_' || view,
            E'#variable_conflict use_column\nBEGIN RETURN QUERY ' || query_text || E'\n; END');
        EXECUTE format('ALTER FUNCTION pg_internal.%I() OWNER TO %I', 'late_' || view, owner);
    END $$;

CREATE FUNCTION pg_internal.bind_late(name text, query_text text, definition_text text, schemas text[]) RETURNS void LANGUAGE plpgsql VOLATILE
    AS $$
    DECLARE missing text := (SELECT s FROM unnest(schemas) s WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = s) LIMIT 1);
    BEGIN
        IF missing IS NOT NULL THEN
            RAISE EXCEPTION 'schema "%" does not exist', missing USING ERRCODE = 'invalid_schema_name';
        END IF;
        PERFORM pg_internal.keep_late(pg_internal.resolve(name), query_text, definition_text);
    END $$;

CREATE FUNCTION pg_internal.query_of_late(view oid) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    DECLARE result text := (SELECT query FROM pg_internal.late_view WHERE relation = view);
        owner name;
    BEGIN
        -- The view may have another owner by now.
        SELECT pg_get_userbyid(c.relowner) INTO owner FROM pg_class c JOIN pg_proc p ON p.proname = 'late_' || view AND p.pronamespace = 'pg_internal'::regnamespace
            WHERE result IS NOT NULL AND c.oid = view AND c.relowner <> p.proowner;
        IF FOUND THEN
            EXECUTE format('ALTER FUNCTION pg_internal.%I() OWNER TO %I', 'late_' || view, owner);
        END IF;
        RETURN result;
    END $$;

-- The view of a name, for who may read it; no row when it is another kind of view, or nothing.
CREATE FUNCTION pg_internal.late_binding(name text) RETURNS TABLE (id bigint, query text) LANGUAGE plpgsql VOLATILE
    AS $$
    DECLARE view oid := to_regclass(name);
        found_query text := pg_internal.query_of_late(view);
    BEGIN
        IF found_query IS NOT NULL AND NOT has_table_privilege(view, 'SELECT') THEN
            RAISE EXCEPTION 'permission denied for relation %', replace(name, '"', '') USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN QUERY SELECT view::bigint, found_query WHERE found_query IS NOT NULL;
    END $$;

-- The columns of late-binding views as they are now; of those that cannot be bound, none. PostgreSQL finds them by making a view of the query, which is gone again at once.
CREATE FUNCTION pg_internal.late_columns() RETURNS SETOF pg_internal.user_column LANGUAGE plpgsql VOLATILE
    AS $$
    DECLARE
        view record;
        columns pg_internal.user_column[];
    BEGIN
        FOR view IN SELECT c.oid, n.nspname, c.relname, pg_internal.query_of_late(c.oid) AS query FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'v' AND c.relnatts = 0 AND pg_internal.visible(c.oid) ORDER BY c.oid LOOP
            columns := '{}';
            BEGIN
                EXECUTE 'CREATE TEMPORARY VIEW sandbox_late_binding AS ' || view.query;
                columns := ARRAY(SELECT (view.oid, view.nspname, view.relname, 'v', a.attname, a.attnum, a.atttypid, a.atttypmod, a.attnum::integer, false, '', NULL, 'none', false, 0)::pg_internal.user_column
                    FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'pg_temp.sandbox_late_binding'::regclass AND a.attnum > 0 ORDER BY a.attnum);
                RAISE EXCEPTION USING ERRCODE = 'UCBND';
            EXCEPTION WHEN SQLSTATE 'UCBND' OR undefined_table OR undefined_column OR undefined_function OR invalid_schema_name OR insufficient_privilege OR datatype_mismatch OR null_value_not_allowed THEN
                NULL;
            END;
            RETURN QUERY SELECT * FROM unnest(columns);
        END LOOP;
    END $$;

CREATE OR REPLACE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record LANGUAGE sql VOLATILE
    AS $$ SELECT schema_name, table_name, column_name, pg_internal.type_name(type_id, modifier), ordinal FROM pg_internal.late_columns() $$;

-- The views of columns have those of late-binding views as well (page SVV_COLUMNS); PG_TABLE_DEF, of tables, has not.
DO $$
    BEGIN
        EXECUTE 'CREATE OR REPLACE VIEW pg_internal.visible_column AS ' || rtrim(pg_catalog.pg_get_viewdef('pg_internal.visible_column'::regclass), ';') || ' UNION ALL '
            || replace(rtrim(pg_catalog.pg_get_viewdef('pg_internal.visible_column'::regclass), ';'), 'FROM pg_internal.user_column', 'FROM pg_internal.late_columns() user_column');
    END $$;

-- The text of a late-binding view, which has no other definition.
CREATE FUNCTION pg_internal.view_text(view oid, otherwise text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ SELECT coalesce((SELECT definition || E'\nWITH NO SCHEMA BINDING;' FROM pg_internal.late_view WHERE relation = view), otherwise) $$;
CREATE OR REPLACE VIEW pg_catalog.pg_views AS
    SELECT n.nspname AS schemaname, c.relname AS viewname, pg_catalog.pg_get_userbyid(c.relowner) AS viewowner, pg_internal.view_text(c.oid, pg_catalog.pg_get_viewdef(c.oid)) AS definition
    FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v' AND n.nspname <> 'pg_internal';
