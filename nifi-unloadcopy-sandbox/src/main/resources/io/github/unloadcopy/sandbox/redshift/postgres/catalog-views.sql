-- What Redshift's own views and SHOW tell of tables. Users see what their grants let them see.
SET allow_system_table_mods = on;

CREATE FUNCTION pg_internal.visible(relation oid) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT has_table_privilege(relation, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES') OR has_any_column_privilege(relation, 'SELECT, INSERT, UPDATE, REFERENCES') $$;

CREATE FUNCTION pg_internal.identity_text(relation oid, number smallint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$ SELECT s.seqstart || ',' || s.seqincrement FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = relation AND d.refobjsubid = number AND d.deptype = 'i' $$;

CREATE FUNCTION pg_internal.column_default(relation oid, number smallint, identity "char") RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT CASE identity WHEN 'a' THEN format('"identity"(%s, %s, %L::text)', relation, number - 1, pg_internal.identity_text(relation, number))
            WHEN 'd' THEN format('default_identity(%s, %s, %L::text)', relation, number - 1, pg_internal.identity_text(relation, number))
            ELSE (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = relation AND d.adnum = number) END $$;

-- One row per column of what users made.
CREATE VIEW pg_internal.user_column AS
    SELECT c.oid AS relation, n.nspname AS schema_name, c.relname AS table_name, c.relkind AS kind, a.attname AS column_name, a.attnum AS number, a.atttypid AS type_id, a.atttypmod AS modifier,
        row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum)::integer AS ordinal, a.attnotnull AS not_null, a.attidentity AS identity,
        pg_internal.column_default(c.oid, a.attnum, a.attidentity) AS default_value, coalesce(s.encoding, 'raw') AS encoding, coalesce(s.dist_key, false) AS dist_key,
        coalesce(s.sort_position, 0) AS sort_position
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_internal.column_storage s ON s.relation = c.oid AND s.number = a.attnum
    WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname <> 'pg_internal' AND n.nspname !~ '^pg_toast';
GRANT SELECT ON pg_internal.user_column TO PUBLIC;

CREATE VIEW pg_catalog.pg_table_def AS
    SELECT schema_name AS schemaname, table_name AS tablename, column_name AS "column", pg_internal.type_name(type_id, modifier) AS type,
        (CASE encoding WHEN 'raw' THEN 'none' ELSE encoding END)::character(32) AS encoding, dist_key AS distkey, sort_position AS sortkey, not_null AS "notnull"
    FROM pg_internal.user_column WHERE kind = 'r' AND schema_name = ANY (pg_catalog.current_schemas(true)) AND pg_internal.visible(relation) ORDER BY 1, 2, number;

CREATE FUNCTION pg_internal.row_count(relation oid) RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE result bigint;
    BEGIN
        PERFORM pg_internal.require_table(relation);
        EXECUTE format('SELECT count(*) FROM %s', relation::regclass) INTO result;
        RETURN result;
    END $$;

-- For superusers, and tables with rows. Nothing is spread over slices here, so that there is no skew, and the tables that AUTO is for are small: AUTO(ALL).
CREATE VIEW pg_catalog.svv_table_info AS
    SELECT current_database()::text AS database, t.schema_name::text AS schema, t.relation AS table_id, t.table_name::text AS "table",
        CASE WHEN t.encode_auto THEN 'Y, AUTO(ENCODE)' WHEN t.encoded THEN 'Y' ELSE 'N' END AS encoded,
        CASE t.dist_style WHEN 'key' THEN 'KEY(' || t.dist_column || ')' WHEN 'auto' THEN 'AUTO(ALL)' ELSE upper(t.dist_style) END AS diststyle,
        CASE t.sort_style WHEN 'auto' THEN 'AUTO(SORTKEY)' WHEN 'interleaved' THEN 'INTERLEAVED' ELSE t.sort_column::text END AS sortkey1, t.longest AS max_varchar,
        t.sort_encoding::character(32) AS sortkey1_enc, t.sort_columns AS sortkey_num, ceil(pg_catalog.pg_table_size(t.relation) / 1048576.0)::bigint AS size,
        NULL::numeric(10, 4) AS pct_used, 0::bigint AS empty, NULL::numeric(5, 2) AS unsorted, NULL::numeric(5, 2) AS stats_off, r.rows::numeric(38, 0) AS tbl_rows,
        NULL::numeric(19, 2) AS skew_sortkey1, NULL::numeric(19, 2) AS skew_rows, r.rows::numeric(38, 0) AS estimated_visible_rows, NULL::text AS risk_event,
        NULL::numeric(12, 2) AS vacuum_sort_benefit, NULL::timestamp AS create_time
    FROM (SELECT c.relation, c.schema_name, c.table_name, s.encode_auto, s.dist_style, s.sort_style, bool_or(c.encoding <> 'raw') AS encoded,
            max(c.column_name::text) FILTER (WHERE c.dist_key) AS dist_column, max(c.column_name::text) FILTER (WHERE c.sort_position = 1) AS sort_column,
            max(CASE c.encoding WHEN 'raw' THEN 'none' ELSE c.encoding END) FILTER (WHERE c.sort_position = 1) AS sort_encoding,
            count(*) FILTER (WHERE c.sort_position <> 0)::integer AS sort_columns, coalesce(max(c.modifier - 4) FILTER (WHERE c.type_id = 'varchar'::regtype), 0) AS longest
        FROM pg_internal.user_column c JOIN pg_internal.table_storage s ON s.relation = c.relation
        WHERE c.kind = 'r' AND c.schema_name !~ '^pg_temp' GROUP BY c.relation, c.schema_name, c.table_name, s.encode_auto, s.dist_style, s.sort_style
        -- Keeps the counting away from what is no table.
        OFFSET 0) t,
        LATERAL (SELECT pg_internal.row_count(t.relation) AS rows) r
    WHERE r.rows > 0;
GRANT SELECT ON pg_catalog.svv_table_info TO "sandbox:superuser" WITH GRANT OPTION;

-- The sandbox has no external schemas; the driver asks whether a name is one.
CREATE VIEW pg_catalog.svv_external_schemas AS
    SELECT NULL::oid AS esoid, NULL::smallint AS eskind, NULL::name AS schemaname, NULL::integer AS esowner, NULL::text AS databasename, NULL::text AS esoptions WHERE false;

CREATE VIEW pg_catalog.svv_external_tables AS
    SELECT NULL::text AS redshift_database_name, NULL::text AS schemaname, NULL::text AS tablename, NULL::text AS tabletype, NULL::text AS location, NULL::text AS input_format,
        NULL::text AS output_format, NULL::text AS serialization_lib, NULL::text AS serde_parameters, NULL::integer AS compressed, NULL::text AS parameters WHERE false;

CREATE VIEW pg_catalog.svv_tables AS
    SELECT current_database()::text AS table_catalog, n.nspname::text AS table_schema, c.relname::text AS table_name,
        CASE c.relkind WHEN 'r' THEN 'BASE TABLE' ELSE 'VIEW' END AS table_type, pg_catalog.obj_description(c.oid, 'pg_class') AS remarks
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname <> 'pg_internal' AND n.nspname !~ '^pg_toast' AND pg_internal.visible(c.oid);

CREATE VIEW pg_internal.visible_column AS
    SELECT *, CASE type_id WHEN 'varchar'::regtype THEN greatest(modifier - 4, 0) WHEN 'bpchar'::regtype THEN greatest(modifier - 4, 0)
            WHEN 'varbyte'::regtype THEN CASE WHEN modifier < 4 THEN 64000 ELSE modifier - 4 END END AS character_length,
        CASE type_id WHEN 'int2'::regtype THEN 16 WHEN 'int4'::regtype THEN 32 WHEN 'int8'::regtype THEN 64 WHEN 'float4'::regtype THEN 24 WHEN 'float8'::regtype THEN 53
            WHEN 'numeric'::regtype THEN CASE WHEN modifier >= 4 THEN (modifier - 4) >> 16 END END AS precision,
        CASE WHEN type_id IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN 0 WHEN type_id = 'numeric'::regtype AND modifier >= 4 THEN (modifier - 4) & 2047 END AS scale,
        pg_catalog.col_description(relation, number) AS remarks
    FROM pg_internal.user_column WHERE pg_internal.visible(relation);
GRANT SELECT ON pg_internal.visible_column TO PUBLIC;

CREATE VIEW pg_catalog.svv_columns AS
    SELECT current_database()::text AS table_catalog, schema_name::text AS table_schema, table_name::text AS table_name, column_name::text AS column_name, ordinal AS ordinal_position,
        default_value AS column_default, CASE WHEN not_null THEN 'NO' ELSE 'YES' END AS is_nullable, pg_internal.base_type_name(type_id) AS data_type,
        character_length AS character_maximum_length, precision AS numeric_precision,
        CASE WHEN precision IS NULL THEN NULL WHEN type_id = 'numeric'::regtype THEN 10 ELSE 2 END AS numeric_precision_radix, scale AS numeric_scale,
        CASE WHEN type_id IN ('time'::regtype, 'timetz'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype) THEN 6 END AS datetime_precision, NULL::text AS interval_type,
        NULL::text AS interval_precision, NULL::text AS character_set_catalog, NULL::text AS character_set_schema, NULL::text AS character_set_name, NULL::text AS collation_catalog,
        NULL::text AS collation_schema, NULL::text AS collation_name, NULL::text AS domain_name, remarks
    FROM pg_internal.visible_column;

CREATE VIEW pg_catalog.svv_redshift_tables AS
    SELECT current_database()::varchar(128) AS database_name, n.nspname::varchar(128) AS schema_name, c.relname::varchar(128) AS table_name,
        (CASE c.relkind WHEN 'r' THEN 'TABLE' ELSE 'VIEW' END)::varchar(128) AS table_type, c.relacl::text::varchar(128) AS table_acl,
        pg_catalog.obj_description(c.oid, 'pg_class')::varchar(128) AS remarks, pg_catalog.pg_get_userbyid(c.relowner)::varchar(128) AS table_owner
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname NOT IN ('pg_internal', 'pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)' AND pg_internal.visible(c.oid);

CREATE VIEW pg_catalog.svv_all_tables AS
    SELECT database_name, schema_name, table_name, table_acl, table_type, remarks FROM pg_catalog.svv_redshift_tables
    UNION ALL SELECT table_catalog, table_schema, table_name, NULL, CASE table_type WHEN 'BASE TABLE' THEN 'TABLE' ELSE table_type END, remarks
    FROM pg_catalog.svv_tables WHERE table_schema IN ('pg_catalog', 'information_schema');

CREATE VIEW pg_catalog.svv_redshift_columns AS
    SELECT current_database()::varchar(128) AS database_name, schema_name::varchar(128) AS schema_name, table_name::varchar(128) AS table_name, column_name::varchar(128) AS column_name,
        ordinal AS ordinal_position, pg_internal.type_name(type_id, modifier)::varchar(32) AS data_type, default_value::varchar(4000) AS column_default,
        (CASE WHEN not_null THEN 'NO' ELSE 'YES' END)::varchar(3) AS is_nullable, (CASE encoding WHEN 'raw' THEN 'none' ELSE encoding END)::varchar(128) AS encoding, dist_key AS distkey,
        sort_position AS sortkey, NULL::varchar(128) AS column_acl, remarks::varchar(256) AS remarks
    FROM pg_internal.visible_column WHERE schema_name NOT IN ('pg_catalog', 'information_schema') AND schema_name !~ '^pg_temp';

CREATE VIEW pg_catalog.svv_all_columns AS
    SELECT current_database()::varchar(128) AS database_name, schema_name::varchar(128) AS schema_name, table_name::varchar(128) AS table_name, column_name::varchar(128) AS column_name,
        ordinal AS ordinal_position, default_value::varchar(4000) AS column_default, (CASE WHEN not_null THEN 'NO' ELSE 'YES' END)::varchar(3) AS is_nullable,
        pg_internal.base_type_name(type_id)::varchar(128) AS data_type, character_length AS character_maximum_length, precision AS numeric_precision, scale AS numeric_scale,
        remarks::varchar(256) AS remarks
    FROM pg_internal.visible_column;

CREATE VIEW pg_catalog.svv_redshift_schemas AS
    SELECT current_database()::varchar(128) AS database_name, nspname::varchar(128) AS schema_name, nspowner::bigint::integer AS schema_owner, 'local'::varchar(128) AS schema_type,
        nspacl::text::varchar(128) AS schema_acl, NULL::varchar(128) AS schema_option
    FROM pg_catalog.pg_namespace WHERE nspname NOT IN ('pg_internal') AND nspname !~ '^pg_(toast|temp)' AND has_schema_privilege(oid, 'USAGE, CREATE');

CREATE VIEW pg_catalog.svv_all_schemas AS
    SELECT database_name, schema_name, schema_owner, schema_type, schema_acl, NULL::varchar(128) AS source_database, schema_option FROM pg_catalog.svv_redshift_schemas;

CREATE VIEW pg_catalog.svv_redshift_databases AS
    SELECT datname::varchar(128) AS database_name, datdba::bigint::integer AS database_owner, 'local'::varchar(32) AS database_type, datacl::text::varchar(128) AS database_acl,
        NULL::varchar(128) AS database_options, pg_internal.isolation_name(oid)::varchar(128) AS database_isolation_level
    FROM pg_catalog.pg_database WHERE NOT datistemplate AND datname <> 'postgres';

GRANT SELECT ON pg_catalog.pg_table_def, pg_catalog.svv_external_schemas, pg_catalog.svv_external_tables, pg_catalog.svv_tables, pg_catalog.svv_columns, pg_catalog.svv_redshift_tables,
    pg_catalog.svv_all_tables, pg_catalog.svv_redshift_columns, pg_catalog.svv_all_columns, pg_catalog.svv_redshift_schemas, pg_catalog.svv_all_schemas, pg_catalog.svv_redshift_databases TO PUBLIC;

-- What SHOW lets a user see (pages SHOW SCHEMAS, SHOW TABLES, SHOW COLUMNS and SHOW CONSTRAINTS): the owner's own, and with USAGE of the schema what may be read. The views let see more.
CREATE FUNCTION pg_internal.shows_schema(schema oid) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT pg_has_role(nspowner, 'USAGE') OR has_schema_privilege(oid, 'USAGE') FROM pg_catalog.pg_namespace WHERE oid = schema $$;
CREATE FUNCTION pg_internal.shows_column(relation oid, number smallint) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT pg_has_role(relowner, 'USAGE') OR has_schema_privilege(relnamespace, 'USAGE') AND has_column_privilege(oid, number, 'SELECT') FROM pg_catalog.pg_class WHERE oid = relation $$;
CREATE FUNCTION pg_internal.shows_table(relation oid) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT pg_has_role(relowner, 'USAGE') OR has_schema_privilege(relnamespace, 'USAGE') AND has_any_column_privilege(oid, 'SELECT') FROM pg_catalog.pg_class WHERE oid = relation $$;

CREATE VIEW pg_internal.shown_schema AS
    SELECT s.* FROM pg_catalog.svv_all_schemas s JOIN pg_catalog.pg_namespace n ON n.nspname = s.schema_name WHERE pg_internal.shows_schema(n.oid);

CREATE VIEW pg_internal.shown_table AS
    SELECT current_database()::varchar(128) AS database_name, n.nspname::varchar(128) AS schema_name, c.relname::varchar(128) AS table_name,
        (CASE c.relkind WHEN 'r' THEN 'TABLE' ELSE 'VIEW' END)::varchar(128) AS table_type, c.relacl::text::varchar(128) AS table_acl,
        pg_catalog.obj_description(c.oid, 'pg_class')::varchar(128) AS remarks, pg_catalog.pg_get_userbyid(c.relowner)::varchar(128) AS owner, NULL::timestamp AS last_altered_time,
        NULL::timestamp AS last_modified_time, upper(t.dist_style)::varchar(128) AS dist_style,
        (CASE c.relkind WHEN 'r' THEN 'REGULAR TABLE' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE CASE c.relnatts WHEN 0 THEN 'LATE BINDING VIEW' ELSE 'REGULAR VIEW' END END)::varchar(128) AS table_subtype
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_internal.table_storage t ON t.relation = c.oid
    WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname <> 'pg_internal' AND n.nspname !~ '^pg_(toast|temp)' AND pg_internal.shows_table(c.oid);

CREATE VIEW pg_internal.shown_column AS
    SELECT a.*, t.sort_style::varchar(128) AS sort_key_type, c.sort_position AS sort_key, c.dist_key::integer AS dist_key, (CASE c.encoding WHEN 'raw' THEN 'none' ELSE c.encoding END)::varchar(128) AS encoding,
        NULL::varchar(128) AS "collation"
    FROM pg_catalog.svv_all_columns a LEFT JOIN pg_internal.user_column c ON c.schema_name = a.schema_name AND c.table_name = a.table_name AND c.column_name = a.column_name
        LEFT JOIN pg_internal.table_storage t ON t.relation = c.relation
    WHERE c.relation IS NULL OR pg_internal.shows_column(c.relation, c.number);
GRANT SELECT ON pg_internal.shown_schema, pg_internal.shown_table, pg_internal.shown_column TO PUBLIC;

-- The table of SHOW CONSTRAINTS.
CREATE FUNCTION pg_internal.shown_constraints_of(database text, schema text, name text) RETURNS oid LANGUAGE plpgsql STABLE
    AS $$
    DECLARE target oid;
    BEGIN
        IF database <> current_database() THEN
            RAISE EXCEPTION 'database "%" is not the one of this session: SHOW CONSTRAINTS of another is not supported by the sandbox', database USING ERRCODE = 'feature_not_supported';
        END IF;
        SELECT c.oid INTO target FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = schema AND c.relname = name AND c.relkind IN ('r', 'v', 'm') AND n.nspname <> 'pg_internal';
        IF target IS NULL THEN
            RAISE EXCEPTION 'relation "%.%" does not exist', schema, name USING ERRCODE = 'undefined_table';
        ELSIF NOT pg_internal.shows_table(target) OR NOT pg_has_role((SELECT relowner FROM pg_class WHERE oid = target), 'USAGE') AND NOT has_table_privilege(target, 'SELECT') THEN
            RAISE EXCEPTION 'permission denied for relation %', name USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN target;
    END $$;

CREATE FUNCTION pg_internal.show_primary_keys(database text, schema text, name text)
        RETURNS TABLE (database_name varchar, schema_name varchar, table_name varchar, pk_name varchar, column_name varchar, key_seq integer) LANGUAGE sql STABLE
    AS $$ SELECT database::varchar, schema::varchar, name::varchar, k.conname::varchar, a.attname::varchar, u.o::integer
        FROM pg_catalog.pg_constraint k CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY u(n, o) JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n
        WHERE k.contype = 'p' AND k.conrelid = pg_internal.shown_constraints_of(database, schema, name) ORDER BY u.o $$;

-- Rules are those of JDBC: no action, not deferrable.
CREATE FUNCTION pg_internal.show_foreign_keys(database text, schema text, name text, exported boolean)
        RETURNS TABLE (pk_database_name varchar, pk_schema_name varchar, pk_table_name varchar, pk_column_name varchar, fk_database_name varchar, fk_schema_name varchar, fk_table_name varchar,
            fk_column_name varchar, key_seq integer, fk_name varchar, pk_name varchar, update_rule integer, delete_rule integer, deferrability integer) LANGUAGE sql STABLE
    AS $$ SELECT database::varchar, pn.nspname::varchar, pc.relname::varchar, pa.attname::varchar, database::varchar, fn.nspname::varchar, fc.relname::varchar, fa.attname::varchar, u.o::integer,
            k.conname::varchar, i.relname::varchar, 3, 3, 7
        FROM pg_catalog.pg_constraint k CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY u(f, p, o)
            JOIN pg_catalog.pg_class pc ON pc.oid = k.confrelid JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace JOIN pg_catalog.pg_attribute pa ON pa.attrelid = pc.oid AND pa.attnum = u.p
            JOIN pg_catalog.pg_class fc ON fc.oid = k.conrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = fc.relnamespace JOIN pg_catalog.pg_attribute fa ON fa.attrelid = fc.oid AND fa.attnum = u.f
            LEFT JOIN pg_catalog.pg_class i ON i.oid = k.conindid
        WHERE k.contype = 'f' AND CASE WHEN exported THEN k.confrelid ELSE k.conrelid END = pg_internal.shown_constraints_of(database, schema, name)
        ORDER BY 6, 7, 10, 9 $$;

CREATE FUNCTION pg_internal.key_columns(relation oid, numbers smallint[]) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.o) FROM unnest(numbers) WITH ORDINALITY u(n, o) JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = u.n $$;

-- The text of SHOW TABLE. RAW is named only where leaving it out would mean something else.
CREATE FUNCTION pg_internal.show_table(name text) RETURNS text LANGUAGE plpgsql STABLE
    AS $$
    DECLARE
        target oid := pg_internal.resolve(name);
        storage record;
        lines text;
        sort_columns text;
    BEGIN
        IF (SELECT relkind FROM pg_class WHERE oid = target) <> 'r' THEN
            RAISE EXCEPTION '"%" is not a table', replace(name, '"', '') USING ERRCODE = 'wrong_object_type';
        END IF;
        IF NOT pg_internal.visible(target) THEN
            RAISE EXCEPTION 'permission denied for relation %', replace(name, '"', '') USING ERRCODE = 'insufficient_privilege';
        END IF;
        SELECT * INTO storage FROM pg_internal.table_storage WHERE relation = target;
        SELECT string_agg('    ' || quote_ident(c.column_name) || ' ' || pg_internal.type_name(c.type_id, c.modifier)
                || CASE WHEN c.not_null THEN ' NOT NULL' ELSE '' END
                || CASE WHEN c.identity = 'a' THEN ' IDENTITY(' || pg_internal.identity_text(target, c.number) || ')'
                    WHEN c.identity = 'd' THEN ' GENERATED BY DEFAULT AS IDENTITY(' || pg_internal.identity_text(target, c.number) || ')'
                    WHEN c.default_value IS NOT NULL THEN ' DEFAULT ' || c.default_value ELSE '' END
                || CASE WHEN c.encoding = 'raw' AND pg_internal.default_encoding(c.type_id, c.sort_position) = 'raw' THEN '' ELSE ' ENCODE ' || c.encoding END
                || CASE WHEN c.dist_key THEN ' distkey' ELSE '' END, E',\n' ORDER BY c.number) INTO lines
            FROM pg_internal.user_column c WHERE c.relation = target;
        SELECT lines || coalesce(string_agg(E',\n    ' || CASE k.contype WHEN 'p' THEN 'PRIMARY KEY (' || pg_internal.key_columns(target, k.conkey) || ')'
                WHEN 'u' THEN 'UNIQUE (' || pg_internal.key_columns(target, k.conkey) || ')'
                ELSE 'FOREIGN KEY (' || pg_internal.key_columns(target, k.conkey) || ') REFERENCES ' || quote_ident(n.nspname) || '.' || quote_ident(r.relname)
                    || '(' || pg_internal.key_columns(k.confrelid, k.confkey) || ')' END, '' ORDER BY position(k.contype::text IN 'puf'), k.oid), '') INTO lines
            FROM pg_constraint k LEFT JOIN pg_class r ON r.oid = k.confrelid LEFT JOIN pg_namespace n ON n.oid = r.relnamespace WHERE k.conrelid = target AND k.contype IN ('p', 'u', 'f');
        SELECT string_agg(quote_ident(c.column_name), ', ' ORDER BY abs(c.sort_position)) INTO sort_columns
            FROM pg_internal.user_column c WHERE c.relation = target AND c.sort_position <> 0;
        RETURN (SELECT 'CREATE ' || CASE c.relpersistence WHEN 't' THEN 'TEMPORARY TABLE ' ELSE 'TABLE ' || quote_ident(n.nspname) || '.' END || quote_ident(c.relname)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target)
            || E' (\n' || lines || E'\n)' || CASE WHEN storage.backup THEN '' ELSE E'\nBACKUP NO' END || E'\nDISTSTYLE ' || upper(storage.dist_style)
            || CASE storage.sort_style WHEN 'compound' THEN E'\nSORTKEY ( ' || sort_columns || ' )' WHEN 'interleaved' THEN E'\nINTERLEAVED SORTKEY ( ' || sort_columns || ' )' ELSE '' END || ';';
    END $$;

CREATE FUNCTION pg_internal.show_view(name text) RETURNS text LANGUAGE plpgsql STABLE
    AS $$
    DECLARE target oid := pg_internal.resolve(name);
    BEGIN
        IF (SELECT relkind FROM pg_class WHERE oid = target) <> 'v' THEN
            RAISE EXCEPTION '"%" is not a view', replace(name, '"', '') USING ERRCODE = 'wrong_object_type';
        END IF;
        RETURN (SELECT 'CREATE OR REPLACE VIEW ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || E' AS\n' || pg_internal.view_text(target, pg_get_viewdef(target, true))
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target);
    END $$;

-- Page PG_ATTRIBUTE_INFO: columns with their access control lists.
CREATE VIEW pg_catalog.pg_attribute_info AS
    SELECT attrelid, attname, atttypid, attstattarget, attlen, attnum, attndims, attcacheoff, atttypmod, attbyval, attstorage, attalign, attnotnull, atthasdef, attisdropped, attislocal, attinhcount, attacl
    FROM pg_catalog.pg_attribute;
GRANT SELECT ON pg_catalog.pg_attribute_info TO PUBLIC;

-- What the driver asks of functions and procedures.
CREATE VIEW pg_catalog.pg_proc_info AS
    SELECT oid AS prooid, proname, pronamespace, proowner, prolang, prokind = 'a' AS proisagg, prosecdef, proisstrict, proretset, provolatile, pronargs, prorettype, proargtypes, proargnames, prosrc,
        probin, proacl, prokind, proargmodes, proallargtypes
    FROM pg_catalog.pg_proc WHERE pronamespace <> 'pg_internal'::regnamespace AND NOT (pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^postgres');
GRANT SELECT ON pg_catalog.pg_proc_info TO PUBLIC;

-- late-binding.sql has another one.
CREATE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record LANGUAGE sql STABLE
    AS $$ SELECT NULL::name, NULL::name, NULL::name, NULL::text, NULL::integer WHERE false $$;

CREATE FUNCTION pg_catalog.pg_get_cols(name text) RETURNS SETOF record LANGUAGE sql STABLE
    AS $$ SELECT schema_name, table_name, column_name, pg_internal.type_name(type_id, modifier), ordinal FROM pg_internal.user_column
        WHERE relation = pg_internal.resolve(name) AND pg_internal.visible(relation) $$;

-- Settings under Redshift's names.
CREATE FUNCTION pg_internal.setting(name text) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT CASE name WHEN 'enable_case_sensitive_identifier' THEN CASE current_setting('scram_iterations', true) WHEN '4097' THEN 'on' ELSE 'off' END
        WHEN 'server_version' THEN '8.0.2'
        WHEN 'session_authorization' THEN pg_catalog.pg_get_userbyid(pg_internal.caller())::text
        WHEN 'is_superuser' THEN CASE WHEN pg_internal.is_superuser(pg_internal.caller()) THEN 'on' ELSE 'off' END
        WHEN 'transaction_isolation' THEN 'serializable' WHEN 'default_transaction_isolation' THEN 'serializable'
        ELSE coalesce(current_setting('redshift.' || name, true), current_setting(name, false)) END $$;
ALTER FUNCTION pg_catalog.current_setting(text) RENAME TO postgres_setting;
CREATE FUNCTION pg_catalog.current_setting(name text) RETURNS text LANGUAGE sql STABLE AS $$ SELECT pg_internal.setting(lower(name)) $$;

-- No session lowers its own isolation level, see IsolationRewriter.
ALTER FUNCTION pg_catalog.set_config(text, text, boolean) RENAME TO postgres_set_config;
CREATE FUNCTION pg_catalog.set_config(name text, value text, is_local boolean) RETURNS text LANGUAGE plpgsql VOLATILE
    AS $$
    BEGIN
        IF lower(name) IN ('transaction_isolation', 'default_transaction_isolation') THEN
            RETURN 'serializable';
        ELSIF lower(name) LIKE 'redshift.%' THEN
            RAISE EXCEPTION 'unrecognized configuration parameter "%"', name USING ERRCODE = 'undefined_object';
        END IF;
        RETURN postgres_set_config(name, value, is_local);
    END $$;

-- What clients see of the catalog, see CatalogRewriter. PostgreSQL's system columns are none of Redshift's.
CREATE VIEW pg_internal.client_namespace AS SELECT * FROM pg_catalog.pg_namespace WHERE nspname <> 'pg_internal';
CREATE VIEW pg_internal.client_class AS SELECT * FROM pg_catalog.pg_class WHERE relnamespace <> 'pg_internal'::regnamespace;
CREATE VIEW pg_internal.client_attribute AS SELECT a.* FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relnamespace <> 'pg_internal'::regnamespace;
CREATE VIEW pg_internal.client_type AS SELECT * FROM pg_catalog.pg_type WHERE typnamespace <> 'pg_internal'::regnamespace;
CREATE VIEW pg_internal.client_proc AS SELECT * FROM pg_catalog.pg_proc
    WHERE pronamespace <> 'pg_internal'::regnamespace AND NOT (pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^postgres');
CREATE VIEW pg_internal.client_database AS SELECT * FROM pg_catalog.pg_database WHERE datname <> 'postgres';
CREATE VIEW pg_internal.client_roles AS SELECT * FROM pg_catalog.pg_roles WHERE rolname <> 'postgres' AND rolname !~ '^(pg_|sandbox:|role:|permission:)';
CREATE VIEW pg_internal.client_user AS SELECT * FROM pg_catalog.pg_user WHERE usename <> 'postgres';
CREATE VIEW pg_internal.client_shadow WITH (security_invoker = true) AS SELECT * FROM pg_catalog.pg_shadow WHERE usename <> 'postgres';
GRANT SELECT ON pg_internal.client_namespace, pg_internal.client_class, pg_internal.client_attribute, pg_internal.client_type, pg_internal.client_proc, pg_internal.client_database,
    pg_internal.client_roles, pg_internal.client_user, pg_internal.client_shadow TO PUBLIC;

-- Views of PostgreSQL's own that tell of schemas.
DO $$
    DECLARE v record;
    BEGIN
        FOR v IN SELECT c.oid, n.nspname, c.relname, string_agg(format('q.%I IS DISTINCT FROM %L', a.attname, 'pg_internal'), ' AND ') AS condition
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                WHERE c.relkind = 'v' AND (n.nspname = 'information_schema' AND a.attname ~ '_schema$' OR n.nspname = 'information_schema' AND c.relname = 'schemata' AND a.attname = 'schema_name'
                    OR n.nspname = 'pg_catalog' AND c.relname IN ('pg_tables', 'pg_views', 'pg_matviews', 'pg_indexes', 'pg_stats', 'pg_sequences') AND a.attname = 'schemaname')
                GROUP BY c.oid, n.nspname, c.relname LOOP
            EXECUTE format('CREATE OR REPLACE VIEW %I.%I AS SELECT * FROM (%s) q WHERE %s', v.nspname, v.relname, rtrim(pg_catalog.pg_get_viewdef(v.oid), ';'), v.condition);
        END LOOP;
    END $$;
