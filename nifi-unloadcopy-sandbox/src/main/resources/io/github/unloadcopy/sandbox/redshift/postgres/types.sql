-- Redshift's types, as far as they differ from PostgreSQL's. SUPER and VARBYTE are jsonb and bytea under the names that Redshift gives them; lengths of character types count bytes.
-- Types that PostgreSQL has not have Redshift's ids.
SET allow_system_table_mods = on;

ALTER TYPE pg_catalog.jsonb RENAME TO super;
ALTER TYPE pg_catalog.bytea RENAME TO varbyte;
UPDATE pg_catalog.pg_type SET typmodin = 'pg_catalog.varchartypmodin'::regproc, typmodout = 'pg_catalog.varchartypmodout'::regproc WHERE typname = 'varbyte';

-- PostgreSQL keeps cstring, which input functions take and output functions give, to functions in C. This is the same thing as a type like any other.
INSERT INTO pg_catalog.pg_type SELECT (jsonb_populate_record(t, jsonb_build_object('oid', pg_catalog.pg_nextoid('pg_catalog.pg_type', 'oid', 'pg_catalog.pg_type_oid_index')::bigint,
        'typname', 'c_string', 'typnamespace', 'pg_internal'::regnamespace::oid::bigint, 'typtype', 'b', 'typcategory', 'U', 'typarray', 0))).*
    FROM pg_catalog.pg_type t WHERE t.oid = 'cstring'::regtype;

-- Page "VARBYTE type": values are printed as hexadecimal digits, without anything before them.
CREATE FUNCTION pg_internal.varbyte_out(value varbyte) RETURNS pg_internal.c_string LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN pg_catalog.encode(value, 'hex'); END $$;
UPDATE pg_catalog.pg_type SET typoutput = 'pg_internal.varbyte_out'::regproc WHERE typname = 'varbyte';

-- GEOMETRY and GEOGRAPHY are kept as the bytes of their EWKB, and printed as its hexadecimal digits. Of the bytes, the header is checked. Limit: page "Considerations when using spatial data".
CREATE FUNCTION pg_internal.ewkb_in(value pg_internal.c_string) RETURNS varbyte LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
    DECLARE
        digits text := value::text;
        bytes varbyte;
        kind integer;
    BEGIN
        IF digits !~ '^([0-9A-Fa-f]{2})+$' THEN
            RAISE EXCEPTION 'Geometries are supported by the sandbox as hexadecimal EWKB only' USING ERRCODE = 'feature_not_supported';
        END IF;
        bytes := pg_catalog.decode(digits, 'hex');
        IF octet_length(bytes) > 1048447 THEN
            RAISE EXCEPTION 'Geometry size exceeds the limit of 1048447 bytes' USING ERRCODE = 'program_limit_exceeded';
        END IF;
        -- The byte order, then the kind: a point to a collection of geometries, the four high bits being flags for Z, M and an SRID.
        IF octet_length(bytes) >= 9 AND get_byte(bytes, 0) <= 1 THEN
            kind := get_byte(bytes, CASE get_byte(bytes, 0) WHEN 1 THEN 1 ELSE 4 END);
        END IF;
        IF kind IS NULL OR kind NOT BETWEEN 1 AND 7 THEN
            RAISE EXCEPTION 'Invalid hexadecimal EWKB' USING ERRCODE = 'invalid_binary_representation';
        END IF;
        RETURN bytes;
    END $$;

CREATE FUNCTION pg_internal.ewkb_out(value varbyte) RETURNS pg_internal.c_string LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN upper(pg_catalog.encode(value, 'hex')); END $$;

CREATE FUNCTION pg_internal.hllsketch_in(value pg_internal.c_string) RETURNS varbyte LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
    BEGIN
        RAISE EXCEPTION 'Values of type HLLSKETCH are not supported by the sandbox, save NULL' USING ERRCODE = 'feature_not_supported';
    END $$;

INSERT INTO pg_catalog.pg_type SELECT (jsonb_populate_record(t, jsonb_build_object('oid', n.id, 'typname', n.name, 'typcategory', 'U', 'typarray', 0, 'typsubscript', 0,
        'typinput', n.input::regproc::oid::bigint, 'typoutput', 'pg_internal.ewkb_out'::regproc::oid::bigint, 'typmodin', 0, 'typmodout', 0))).*
    FROM pg_catalog.pg_type t, (VALUES (3000, 'geometry', 'pg_internal.ewkb_in'), (3001, 'geography', 'pg_internal.ewkb_in'), (2935, 'hllsketch', 'pg_internal.hllsketch_in')) n(id, name, input)
    WHERE t.typname = 'varbyte';

-- What the guide tells users to do with columns that cannot travel as they are. No other function on geometries is known.
CREATE FUNCTION pg_catalog.st_ashexewkb(geo geometry) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT geo::text $$;
CREATE FUNCTION pg_catalog.st_ashexewkb(geo geography) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT geo::text $$;

-- Pages FROM_VARBYTE and TO_VARBYTE.
CREATE FUNCTION pg_internal.binary_format(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
    DECLARE format text := lower(name);
    BEGIN
        IF format IN ('utf-8', 'utf_8') THEN
            RETURN 'utf8';
        END IF;
        IF format NOT IN ('hex', 'binary', 'base64', 'utf8') THEN
            RAISE EXCEPTION 'Invalid format "%": it is hex, binary, utf8 or base64', name USING ERRCODE = 'invalid_parameter_value';
        END IF;
        RETURN format;
    END $$;

CREATE FUNCTION pg_catalog.from_varbyte(binary_value varbyte, format text) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT CASE pg_internal.binary_format(format) WHEN 'hex' THEN pg_catalog.encode(binary_value, 'hex') WHEN 'base64' THEN translate(pg_catalog.encode(binary_value, 'base64'), chr(10), '')
        WHEN 'utf8' THEN pg_catalog.convert_from(binary_value, 'UTF8')
        ELSE (SELECT coalesce(string_agg(get_byte(binary_value, n)::bit(8)::text, '' ORDER BY n), '') FROM generate_series(0, octet_length(binary_value) - 1) n) END $$;

CREATE FUNCTION pg_catalog.to_varbyte(value text, format text) RETURNS varbyte LANGUAGE sql IMMUTABLE STRICT
    AS $$ SELECT CASE pg_internal.binary_format(format) WHEN 'hex' THEN pg_catalog.decode(repeat('0', length(value) % 2) || value, 'hex') WHEN 'base64' THEN pg_catalog.decode(value, 'base64')
        WHEN 'utf8' THEN pg_catalog.convert_to(value, 'UTF8')
        ELSE pg_catalog.decode((SELECT coalesce(string_agg(lpad(to_hex(substr(value, n, 8)::bit(8)::integer), 2, '0'), '' ORDER BY n), '') FROM generate_series(1, length(value), 8) n), 'hex') END $$;

-- Page extra_float_digits: digits are those that C's type surely keeps (6 or 15) and so many more. PostgreSQL prints any number exactly from 1 on. Of REAL, 2 gives Redshift 8 digits, which is one
-- too few for some values: that must not look better here. Settings above 2 are the sandbox's own.
CREATE FUNCTION pg_internal.seven_digits(value float8) RETURNS text LANGUAGE plpgsql STABLE STRICT SET extra_float_digits = -8 AS $$ BEGIN RETURN value::text; END $$;
CREATE FUNCTION pg_internal.eight_digits(value float8) RETURNS text LANGUAGE plpgsql STABLE STRICT SET extra_float_digits = -7 AS $$ BEGIN RETURN value::text; END $$;
CREATE FUNCTION pg_internal.real_out(value float4) RETURNS pg_internal.c_string LANGUAGE plpgsql STABLE STRICT
    AS $$
    BEGIN
        RETURN CASE pg_catalog.current_setting('extra_float_digits', false) WHEN '1' THEN pg_internal.seven_digits(value) WHEN '2' THEN pg_internal.eight_digits(value)
            ELSE pg_catalog.float4out(value)::text END;
    END $$;

-- For Parquet, which keeps the bits of numbers: text is what they are on their way to it.
CREATE FUNCTION pg_internal.all_digits(value float4) RETURNS text LANGUAGE plpgsql STABLE STRICT SET extra_float_digits = 3 AS $$ BEGIN RETURN pg_catalog.float4out(value)::text; END $$;
CREATE FUNCTION pg_internal.all_digits(value float8) RETURNS text LANGUAGE plpgsql STABLE STRICT SET extra_float_digits = 3 AS $$ BEGIN RETURN pg_catalog.float8out(value)::text; END $$;

-- For clusters whose columns do not obey the setting, see StoredFloatsRewriter, which marks the statements that read tables.
CREATE FUNCTION pg_internal.reads_tables() RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT strpos(current_query(), '/* sandbox reads tables */') > 0 $$;
CREATE FUNCTION pg_internal.standard_digits(value float4) RETURNS text LANGUAGE plpgsql STABLE STRICT SET extra_float_digits = 0 AS $$ BEGIN RETURN pg_catalog.float4out(value)::text; END $$;
CREATE FUNCTION pg_internal.standard_digits(value float8) RETURNS text LANGUAGE plpgsql STABLE STRICT SET extra_float_digits = 0 AS $$ BEGIN RETURN pg_catalog.float8out(value)::text; END $$;
CREATE FUNCTION pg_internal.stored_real_out(value float4) RETURNS pg_internal.c_string LANGUAGE plpgsql STABLE STRICT
    AS $$ BEGIN RETURN CASE WHEN pg_internal.reads_tables() THEN pg_internal.standard_digits(value) ELSE pg_internal.real_out(value)::text END; END $$;
CREATE FUNCTION pg_internal.stored_double_out(value float8) RETURNS pg_internal.c_string LANGUAGE plpgsql STABLE STRICT
    AS $$ BEGIN RETURN CASE WHEN pg_internal.reads_tables() THEN pg_internal.standard_digits(value) ELSE pg_catalog.float8out(value)::text END; END $$;

CREATE FUNCTION pg_internal.use_float_output(obey boolean) RETURNS void LANGUAGE sql VOLATILE SET allow_system_table_mods = on
    AS $$
    UPDATE pg_catalog.pg_type t SET typoutput = o.output
        FROM (VALUES ('float4'::regtype, CASE WHEN obey THEN 'pg_internal.real_out'::regproc ELSE 'pg_internal.stored_real_out'::regproc END),
            ('float8'::regtype, CASE WHEN obey THEN 'pg_catalog.float8out'::regproc ELSE 'pg_internal.stored_double_out'::regproc END)) o(type, output)
        WHERE t.oid = o.type AND t.typoutput <> o.output::oid
    $$;
SELECT pg_internal.use_float_output(true);

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

-- Page AVG: BIGINT of whole numbers, and of decimals their own scale; digits beyond are cut, not rounded. The sum of REAL (page SUM) and the deviations of any number (pages STDDEV_SAMP and
-- VAR_SAMP) are DOUBLE PRECISION: PostgreSQL's functions for that take the others' arguments as well, once they are out of its sight.
ALTER AGGREGATE pg_catalog.avg(smallint) RENAME TO postgres_avg;
ALTER AGGREGATE pg_catalog.avg(integer) RENAME TO postgres_avg;
ALTER AGGREGATE pg_catalog.avg(bigint) RENAME TO postgres_avg;
ALTER AGGREGATE pg_catalog.avg(numeric) RENAME TO postgres_avg;
ALTER AGGREGATE pg_catalog.sum(real) RENAME TO postgres_sum;
DO $$
    DECLARE aggregate record;
    BEGIN
        FOR aggregate IN SELECT p.oid::regprocedure AS signature, p.proname FROM pg_catalog.pg_proc p WHERE p.prokind = 'a' AND p.pronamespace = 'pg_catalog'::regnamespace
                AND p.proname IN ('stddev', 'stddev_samp', 'stddev_pop', 'variance', 'var_samp', 'var_pop') AND p.proargtypes[0] <> 'double precision'::regtype LOOP
            EXECUTE format('ALTER AGGREGATE %s RENAME TO %I', aggregate.signature, 'postgres_' || aggregate.proname);
        END LOOP;
    END $$;

CREATE FUNCTION pg_internal.add_to_average(state numeric[], value numeric) RETURNS numeric[] LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN RETURN CASE WHEN value IS NULL THEN state ELSE ARRAY[state[1] + value, state[2] + 1] END; END $$;
CREATE FUNCTION pg_internal.average(state numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE
    AS $$ SELECT CASE WHEN state[2] > 0 THEN div(state[1] * ('1e' || scale(state[1]))::numeric, state[2]) * ('1e-' || scale(state[1]))::numeric END $$;
CREATE FUNCTION pg_internal.whole_average(state numeric[]) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN state[2] > 0 THEN div(state[1], state[2])::bigint END $$;
CREATE FUNCTION pg_internal.whole_average(state bigint[]) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN state[1] > 0 THEN state[2] / state[1] END $$;
CREATE FUNCTION pg_internal.add_to_average(state numeric[], value bigint) RETURNS numeric[] LANGUAGE plpgsql IMMUTABLE
    AS $$ BEGIN RETURN CASE WHEN value IS NULL THEN state ELSE ARRAY[state[1] + value, state[2] + 1] END; END $$;
CREATE AGGREGATE pg_catalog.avg(smallint) (sfunc = pg_catalog.int2_avg_accum, stype = bigint[], initcond = '{0,0}', finalfunc = pg_internal.whole_average);
CREATE AGGREGATE pg_catalog.avg(integer) (sfunc = pg_catalog.int4_avg_accum, stype = bigint[], initcond = '{0,0}', finalfunc = pg_internal.whole_average);
CREATE AGGREGATE pg_catalog.avg(bigint) (sfunc = pg_internal.add_to_average, stype = numeric[], initcond = '{0,0}', finalfunc = pg_internal.whole_average);
CREATE AGGREGATE pg_catalog.avg(numeric) (sfunc = pg_internal.add_to_average, stype = numeric[], initcond = '{0,0}', finalfunc = pg_internal.average);

-- Page LISTAGG: NULL and empty strings are ignored, and so are trailing spaces where values are to be distinct. ListaggRewriter calls these.
CREATE FUNCTION pg_internal.add_to_list(list text, value text, delimiter text) RETURNS text LANGUAGE plpgsql IMMUTABLE
    AS $$
    DECLARE result text := CASE WHEN coalesce(value, '') = '' THEN list WHEN list IS NULL THEN value ELSE list || coalesce(delimiter, '') || value END;
    BEGIN
        IF octet_length(result) > 65535 THEN
            RAISE EXCEPTION 'Result size exceeds LISTAGG limit' USING ERRCODE = 'internal_error', DETAIL = 'code: 8001, context: LISTAGG limit: 65535';
        END IF;
        RETURN result;
    END $$;
CREATE AGGREGATE pg_internal.listagg(text, text) (sfunc = pg_internal.add_to_list, stype = text);
-- The delimiter is the first element.
CREATE FUNCTION pg_internal.add_to_set(state text[], value text, delimiter text, only_once boolean) RETURNS text[] LANGUAGE plpgsql IMMUTABLE
    AS $$
    BEGIN
        IF coalesce(value, '') = '' OR EXISTS (SELECT 1 FROM unnest(state[2:]) v WHERE rtrim(v, ' ') = rtrim(value, ' ')) THEN
            RETURN state;
        END IF;
        RETURN coalesce(state, ARRAY[coalesce(delimiter, '')]) || value;
    END $$;
CREATE FUNCTION pg_internal.list_of_set(state text[]) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT pg_internal.add_to_list(NULL, array_to_string(state[2:], state[1]), NULL) $$;
CREATE AGGREGATE pg_internal.listagg(text, text, boolean) (sfunc = pg_internal.add_to_set, stype = text[], finalfunc = pg_internal.list_of_set);

-- Functions of Redshift that its DDL and its drivers use.
CREATE FUNCTION pg_catalog.getdate() RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC') $$;
CREATE FUNCTION pg_catalog.json_parse(value text) RETURNS super LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT value::super $$;
-- JSON as Redshift writes it, without blanks; PostgreSQL puts one after commas and colons, and none elsewhere but in strings.
CREATE FUNCTION pg_internal.compact(value super) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT regexp_replace(value::text, E'("(?:[^"\\\\]|\\\\.)*")| ', E'\\1', 'g') $$;
-- Pages JSON_SERIALIZE, whose result has the limit of VARCHAR and is the text null for NULL, and JSON_SIZE, which has no such limit. The guide has no words for the error: these are a cluster's for any VARCHAR.
CREATE FUNCTION pg_catalog.json_serialize(value super) RETURNS varchar LANGUAGE plpgsql IMMUTABLE
    AS $$
    DECLARE result text := coalesce(pg_internal.compact(value), 'null');
    BEGIN
        IF octet_length(result) > 65535 THEN
            RAISE EXCEPTION 'Value too long for character type' USING ERRCODE = 'internal_error', DETAIL = 'code: 8001, context: JSON_SERIALIZE, ' || octet_length(result) || ' bytes, limit: 65535';
        END IF;
        RETURN result;
    END $$;
CREATE FUNCTION pg_catalog.json_size(value super) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT octet_length(coalesce(pg_internal.compact(value), 'null')) $$;
CREATE FUNCTION pg_catalog.sysdate() RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT transaction_timestamp() AT TIME ZONE 'UTC' $$;
ALTER FUNCTION pg_catalog.version() RENAME TO postgres_version;
CREATE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.0 (sandbox)'::text $$;
