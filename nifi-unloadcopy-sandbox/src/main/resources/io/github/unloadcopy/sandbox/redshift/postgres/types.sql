-- Redshift's types, as far as they differ from PostgreSQL's. SUPER and VARBYTE are jsonb and bytea under the names that Redshift gives them; lengths of character types count bytes.
SET allow_system_table_mods = on;

ALTER TYPE pg_catalog.jsonb RENAME TO super;
ALTER TYPE pg_catalog.bytea RENAME TO varbyte;
UPDATE pg_catalog.pg_type SET typmodin = 'pg_catalog.varchartypmodin'::regproc, typmodout = 'pg_catalog.varchartypmodout'::regproc WHERE typname = 'varbyte';

-- What PostgreSQL's own functions do, with bytes instead of characters: a value that is too long is an error, unless spaces are all that it would lose; an explicit cast cuts.
CREATE FUNCTION pg_internal.cut(value text, bytes integer) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
    DECLARE characters integer := length(left(value, bytes));
    BEGIN
        WHILE octet_length(left(value, characters)) > bytes LOOP
            characters := characters - 1;
        END LOOP;
        RETURN left(value, characters);
    END $$;

CREATE FUNCTION pg_internal.fit(value text, bytes integer, explicit boolean, type text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
    DECLARE result text := pg_internal.cut(value, bytes);
    BEGIN
        IF NOT explicit AND rtrim(substr(value, length(result) + 1), ' ') <> '' THEN
            RAISE EXCEPTION 'value too long for type %(%)', type, bytes USING ERRCODE = 'string_data_right_truncation';
        END IF;
        RETURN result;
    END $$;

CREATE FUNCTION pg_internal.varchar_length(value varchar, modifier integer, explicit boolean) RETURNS varchar LANGUAGE plpgsql IMMUTABLE STRICT SUPPORT pg_catalog.varchar_support
    AS $$
    BEGIN
        IF modifier < 4 OR octet_length(value) <= modifier - 4 THEN
            RETURN value;
        END IF;
        RETURN pg_internal.fit(value::text, modifier - 4, explicit, 'character varying');
    END $$;

CREATE FUNCTION pg_internal.character_length(value bpchar, modifier integer, explicit boolean) RETURNS bpchar LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
    DECLARE trimmed text := value::text;
    BEGIN
        IF modifier < 4 THEN
            RETURN value;
        END IF;
        IF octet_length(trimmed) > modifier - 4 THEN
            trimmed := pg_internal.fit(trimmed, modifier - 4, explicit, 'character');
        END IF;
        RETURN rpad(trimmed, length(trimmed) + modifier - 4 - octet_length(trimmed));
    END $$;

CREATE FUNCTION pg_internal.varbyte_length(value varbyte, modifier integer, explicit boolean) RETURNS varbyte LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
    BEGIN
        IF modifier < 4 OR octet_length(value) <= modifier - 4 THEN
            RETURN value;
        END IF;
        IF NOT explicit THEN
            RAISE EXCEPTION 'value too long for type binary varying(%)', modifier - 4 USING ERRCODE = 'string_data_right_truncation';
        END IF;
        RETURN substr(value, 1, modifier - 4);
    END $$;

UPDATE pg_catalog.pg_cast SET castfunc = 'pg_internal.varchar_length'::regproc WHERE castsource = 'varchar'::regtype AND casttarget = 'varchar'::regtype;
UPDATE pg_catalog.pg_cast SET castfunc = 'pg_internal.character_length'::regproc WHERE castsource = 'bpchar'::regtype AND casttarget = 'bpchar'::regtype;
INSERT INTO pg_catalog.pg_cast (oid, castsource, casttarget, castfunc, castcontext, castmethod)
    VALUES (pg_catalog.pg_nextoid('pg_catalog.pg_cast', 'oid', 'pg_catalog.pg_cast_oid_index'), 'varbyte'::regtype, 'varbyte'::regtype, 'pg_internal.varbyte_length'::regproc, 'i', 'f');

-- What Redshift calls a type, with its length or precision.
CREATE FUNCTION pg_internal.type_name(type oid, modifier integer) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT CASE type
        WHEN 'varbyte'::regtype THEN 'binary varying(' || CASE WHEN modifier < 4 THEN 64000 ELSE modifier - 4 END || ')'
        WHEN 'text'::regtype THEN 'character varying(65535)'
        WHEN 'varchar'::regtype THEN 'character varying(' || CASE WHEN modifier < 4 THEN 65535 ELSE modifier - 4 END || ')'
        ELSE format_type(type, modifier) END $$;

CREATE FUNCTION pg_internal.base_type_name(type oid) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT CASE type WHEN 'varbyte'::regtype THEN 'binary varying' WHEN 'text'::regtype THEN 'character varying' ELSE format_type(type, NULL) END $$;

-- Functions of Redshift that its DDL and its drivers use.
CREATE FUNCTION pg_catalog.getdate() RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC') $$;
CREATE FUNCTION pg_catalog.json_parse(value text) RETURNS super LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT value::super $$;
CREATE FUNCTION pg_catalog.json_serialize(value super) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT value::text::varchar $$;
CREATE FUNCTION pg_catalog.sysdate() RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT transaction_timestamp() AT TIME ZONE 'UTC' $$;
ALTER FUNCTION pg_catalog.version() RENAME TO postgres_version;
CREATE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.0 (sandbox)'::text $$;
