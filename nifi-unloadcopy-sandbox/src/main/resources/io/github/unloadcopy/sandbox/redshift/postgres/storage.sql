-- How tables are stored, and keys: declared, remembered, shown, and of no effect. What CREATE TABLE and ALTER TABLE say of it travels in a comment before the statement that PostgreSQL runs,
-- and an event trigger writes it down in the statement's own transaction.
SET allow_system_table_mods = on;

CREATE TABLE pg_internal.table_storage (relation oid PRIMARY KEY, dist_style text NOT NULL, sort_style text NOT NULL, backup boolean NOT NULL, encode_auto boolean NOT NULL);
CREATE TABLE pg_internal.column_storage (relation oid, number smallint, encoding text NOT NULL, dist_key boolean NOT NULL, sort_position integer NOT NULL, PRIMARY KEY (relation, number));
GRANT SELECT ON pg_internal.table_storage, pg_internal.column_storage TO PUBLIC;

-- What a column gets that says nothing, see ENCODE on page CREATE TABLE.
CREATE FUNCTION pg_internal.default_encoding(type oid, sort_position integer) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT CASE WHEN sort_position <> 0 THEN 'raw'
        WHEN type IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'date'::regtype, 'time'::regtype, 'timetz'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
            THEN 'az64'
        WHEN type IN ('bpchar'::regtype, 'varchar'::regtype, 'text'::regtype, 'varbyte'::regtype) THEN 'lzo'
        WHEN type = 'super'::regtype THEN 'zstd'
        ELSE 'raw' END $$;

CREATE FUNCTION pg_internal.column_number(relation oid, name text) RETURNS smallint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE result smallint := (SELECT attnum FROM pg_attribute WHERE attrelid = relation AND attname = name AND attnum > 0 AND NOT attisdropped);
    BEGIN
        IF result IS NULL THEN
            RAISE EXCEPTION 'column "%" does not exist', name USING ERRCODE = 'undefined_column';
        END IF;
        RETURN result;
    END $$;

-- Declares a foreign key: visible to who looks, asked by nobody.
CREATE FUNCTION pg_internal.add_reference(relation oid, target oid, reference json) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog SET allow_system_table_mods = on
    AS $$
    DECLARE
        names text[] := ARRAY(SELECT json_array_elements_text(reference -> 'columns'));
        target_names text[] := ARRAY(SELECT json_array_elements_text(reference -> 'target'));
        columns smallint[] := ARRAY(SELECT pg_internal.column_number(relation, n) FROM unnest(names) WITH ORDINALITY u(n, o) ORDER BY o);
        target_columns smallint[];
        key record;
        new_id oid;
        name text := coalesce(reference ->> 'name', (SELECT relname FROM pg_class WHERE oid = relation) || '_' || names[1] || '_fkey');
        suffix integer := 0;
        -- Planners look at them, although nobody compares anything.
        operators oid[];
    BEGIN
        PERFORM pg_internal.require_own_table(relation), pg_internal.require_table(target);
        SELECT i.indexrelid, i.indkey INTO key FROM pg_index i WHERE i.indrelid = target AND i.indisunique
            AND (cardinality(target_names) = 0 AND i.indisprimary
                OR cardinality(target_names) > 0 AND ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = target AND attnum = ANY (i.indkey) ORDER BY 1)
                    = ARRAY(SELECT n FROM unnest(target_names) n ORDER BY 1))
            ORDER BY i.indisprimary DESC LIMIT 1;
        IF NOT FOUND AND cardinality(target_names) = 0 THEN
            RAISE EXCEPTION 'there is no primary key for referenced table "%"', (SELECT relname FROM pg_class WHERE oid = target) USING ERRCODE = 'undefined_object';
        ELSIF NOT FOUND THEN
            PERFORM pg_internal.column_number(target, n) FROM unnest(target_names) n;
            RAISE EXCEPTION 'there is no unique constraint matching given keys for referenced table "%"', (SELECT relname FROM pg_class WHERE oid = target)
                USING ERRCODE = 'invalid_foreign_key';
        END IF;
        target_columns := CASE WHEN cardinality(target_names) = 0 THEN ARRAY(SELECT k FROM unnest(key.indkey) WITH ORDINALITY u(k, o) ORDER BY o)
            ELSE ARRAY(SELECT pg_internal.column_number(target, n) FROM unnest(target_names) WITH ORDINALITY u(n, o) ORDER BY o) END;
        IF cardinality(columns) <> cardinality(target_columns) THEN
            RAISE EXCEPTION 'number of referencing and referenced columns for foreign key disagree' USING ERRCODE = 'invalid_foreign_key';
        END IF;
        operators := ARRAY(SELECT coalesce((SELECT oid FROM pg_operator WHERE oprname = '=' AND oprleft = a.atttypid AND oprright = a.atttypid), 'pg_catalog.=(text,text)'::regoperator)
            FROM unnest(target_columns) WITH ORDINALITY u(n, o) JOIN pg_attribute a ON a.attrelid = target AND a.attnum = u.n ORDER BY u.o);
        WHILE EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = relation AND conname = name || CASE WHEN suffix = 0 THEN '' ELSE suffix::text END) LOOP
            IF reference ->> 'name' IS NOT NULL THEN
                RAISE EXCEPTION 'constraint "%" for relation "%" already exists', name, (SELECT relname FROM pg_class WHERE oid = relation) USING ERRCODE = 'duplicate_object';
            END IF;
            suffix := suffix + 1;
        END LOOP;
        name := name || CASE WHEN suffix = 0 THEN '' ELSE suffix::text END;
        new_id := pg_nextoid('pg_constraint', 'oid', 'pg_constraint_oid_index');
        INSERT INTO pg_constraint (oid, conname, connamespace, contype, condeferrable, condeferred, convalidated, conrelid, contypid, conindid, conparentid, confrelid, confupdtype, confdeltype,
                confmatchtype, conislocal, coninhcount, connoinherit, conkey, confkey, conpfeqop,
                conppeqop, conffeqop)
            SELECT new_id, name, relnamespace, 'f', false, false, true, relation, 0, key.indexrelid, 0, target, 'a', 'a', 's', true, 0, true, columns, target_columns, operators, operators,
                operators
            FROM pg_class WHERE oid = relation;
        INSERT INTO pg_depend (classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype)
            SELECT 'pg_constraint'::regclass, new_id, 0, 'pg_class'::regclass, relation, n, 'a'::"char" FROM unnest(columns) n
            UNION SELECT 'pg_constraint'::regclass, new_id, 0, 'pg_class'::regclass, target, n, 'n'::"char" FROM unnest(target_columns) n
            UNION SELECT 'pg_constraint'::regclass, new_id, 0, 'pg_class'::regclass, key.indexrelid, 0, 'n'::"char";
    END $$;

-- Declares a primary key or unique constraint of a table that may have rows which do not keep to it: its index begins as one of no rows, and is never filled.
CREATE FUNCTION pg_internal.add_key(target oid, key json) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog SET allow_system_table_mods = on
    AS $$
    DECLARE
        kind "char" := key ->> 'kind';
        names text[] := ARRAY(SELECT json_array_elements_text(key -> 'columns'));
        numbers smallint[] := ARRAY(SELECT pg_internal.column_number(target, n) FROM unnest(names) WITH ORDINALITY u(n, o) ORDER BY o);
        tbl record;
        name text;
        free text;
        suffix integer := 0;
        missing bigint;
        new_index oid;
        new_id oid := pg_nextoid('pg_constraint', 'oid', 'pg_constraint_oid_index');
    BEGIN
        PERFORM pg_internal.require_own_table(target);
        SELECT relname, relnamespace INTO tbl FROM pg_class WHERE oid = target;
        IF kind = 'p' AND EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = target AND contype = 'p') THEN
            RAISE EXCEPTION 'multiple primary keys for table "%" are not allowed', tbl.relname USING ERRCODE = 'invalid_table_definition';
        END IF;
        name := left(coalesce(key ->> 'name', tbl.relname || CASE kind WHEN 'p' THEN '_pkey' ELSE '_' || array_to_string(names, '_') || '_key' END), 60);
        free := name;
        WHILE EXISTS (SELECT 1 FROM pg_class WHERE relname = free AND relnamespace = tbl.relnamespace) LOOP
            IF key ->> 'name' IS NOT NULL THEN
                RAISE EXCEPTION 'relation "%" already exists', name USING ERRCODE = 'duplicate_table';
            END IF;
            suffix := suffix + 1;
            free := name || suffix;
        END LOOP;
        IF kind = 'p' THEN
            EXECUTE format('SELECT count(*) FROM %s WHERE %s', target::regclass, (SELECT string_agg(quote_ident(n) || ' IS NULL', ' OR ') FROM unnest(names) n)) INTO missing;
            IF missing > 0 THEN
                RAISE EXCEPTION 'a column of the primary key of "%" contains null values', tbl.relname USING ERRCODE = 'not_null_violation';
            END IF;
            UPDATE pg_attribute SET attnotnull = true WHERE attrelid = target AND attnum = ANY (numbers) AND NOT attnotnull;
        END IF;
        EXECUTE format('CREATE UNIQUE INDEX %I ON %s (%s) WHERE false', free, target::regclass, (SELECT string_agg(quote_ident(n), ', ' ORDER BY o) FROM unnest(names) WITH ORDINALITY u(n, o)));
        new_index := (SELECT oid FROM pg_class WHERE relname = free AND relnamespace = tbl.relnamespace);
        UPDATE pg_index SET indpred = NULL, indisprimary = kind = 'p', indisready = false, indisvalid = false WHERE indexrelid = new_index;
        INSERT INTO pg_constraint (oid, conname, connamespace, contype, condeferrable, condeferred, convalidated, conrelid, contypid, conindid, conparentid, confrelid, confupdtype, confdeltype,
                confmatchtype, conislocal, coninhcount, connoinherit, conkey)
            VALUES (new_id, free, tbl.relnamespace, kind, false, false, true, target, 0, new_index, 0, 0, ' ', ' ', ' ', true, 0, true, numbers);
        DELETE FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = new_index;
        INSERT INTO pg_depend (classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype)
            SELECT 'pg_constraint'::regclass, new_id, 0, 'pg_class'::regclass, target, n, 'a'::"char" FROM unnest(numbers) n
            UNION SELECT 'pg_class'::regclass, new_index, 0, 'pg_constraint'::regclass, new_id, 0, 'i'::"char";
    END $$;

-- Changes what is remembered of a table that has been there before.
CREATE FUNCTION pg_internal.change_storage(target oid, note json) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE
        dist_style text := note ->> 'diststyle';
        sort_style text := note ->> 'sortstyle';
        chosen text;
    BEGIN
        PERFORM pg_internal.require_own_table(target);
        INSERT INTO pg_internal.table_storage SELECT target, 'auto', 'auto', true, true WHERE NOT EXISTS (SELECT 1 FROM pg_internal.table_storage WHERE relation = target);
        IF sort_style IS NOT NULL THEN
            UPDATE pg_internal.column_storage SET sort_position = 0 WHERE relation = target;
            UPDATE pg_internal.table_storage t SET sort_style = note ->> 'sortstyle' WHERE relation = target;
        END IF;
        INSERT INTO pg_internal.column_storage
            SELECT target, a.attnum, 'default', false, 0 FROM pg_attribute a
            WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped AND NOT EXISTS (SELECT 1 FROM pg_internal.column_storage s WHERE s.relation = target AND s.number = a.attnum);
        IF sort_style IN ('compound', 'interleaved') THEN
            UPDATE pg_internal.column_storage c SET sort_position = CASE WHEN note ->> 'sortstyle' = 'interleaved' AND k.o % 2 = 0 THEN -k.o ELSE k.o END
                FROM (SELECT pg_internal.column_number(target, n) AS number, o FROM json_array_elements_text(note -> 'sortkey') WITH ORDINALITY u(n, o)) k
                WHERE c.relation = target AND c.number = k.number;
        END IF;
        IF dist_style IS NOT NULL THEN
            UPDATE pg_internal.column_storage SET dist_key = false WHERE relation = target;
            UPDATE pg_internal.table_storage t SET dist_style = note ->> 'diststyle' WHERE relation = target;
            IF note ->> 'distkey' IS NOT NULL THEN
                UPDATE pg_internal.column_storage SET dist_key = true WHERE relation = target AND number = pg_internal.column_number(target, note ->> 'distkey');
            END IF;
        END IF;
        FOR chosen IN SELECT key FROM json_each_text(note -> 'encodings') LOOP
            UPDATE pg_internal.column_storage SET encoding = note -> 'encodings' ->> chosen WHERE relation = target AND number = pg_internal.column_number(target, chosen);
        END LOOP;
        -- A column keeps the encoding that it was given by default, whatever becomes of its sort key.
        UPDATE pg_internal.column_storage c SET encoding = pg_internal.default_encoding(a.atttypid, c.sort_position)
            FROM pg_attribute a WHERE c.relation = target AND c.encoding = 'default' AND a.attrelid = c.relation AND a.attnum = c.number;
        UPDATE pg_internal.table_storage SET backup = coalesce((note ->> 'backup')::boolean, backup), encode_auto = coalesce((note ->> 'encodeauto')::boolean, encode_auto)
            WHERE relation = target;
    END $$;

CREATE FUNCTION pg_internal.forget_storage(target oid) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    SELECT pg_internal.require_own_table(target);
    DELETE FROM pg_internal.table_storage WHERE relation = target;
    DELETE FROM pg_internal.column_storage WHERE relation = target
    $$;

-- Takes over what LIKE gives beyond PostgreSQL's: how the other table is stored.
CREATE FUNCTION pg_internal.copy_storage(target oid, parent oid) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    SELECT pg_internal.forget_storage(target);
    INSERT INTO pg_internal.table_storage SELECT target, dist_style, sort_style, backup, encode_auto FROM pg_internal.table_storage WHERE relation = parent;
    INSERT INTO pg_internal.column_storage SELECT target, mine.attnum, s.encoding, s.dist_key, s.sort_position FROM pg_internal.column_storage s
        JOIN pg_attribute theirs ON theirs.attrelid = s.relation AND theirs.attnum = s.number AND NOT theirs.attisdropped
        JOIN pg_attribute mine ON mine.attrelid = target AND mine.attname = theirs.attname
        WHERE s.relation = parent
    $$;

-- Looks names up as the user would, which a function of the owner of everything cannot.
CREATE FUNCTION pg_internal.resolve(name text) RETURNS oid LANGUAGE plpgsql STABLE
    AS $$
    DECLARE result oid := to_regclass(name);
    BEGIN
        IF result IS NULL THEN
            RAISE EXCEPTION 'relation "%" does not exist', replace(name, '"', '') USING ERRCODE = 'undefined_table';
        END IF;
        RETURN result;
    END $$;

CREATE FUNCTION pg_internal.after_ddl() RETURNS event_trigger LANGUAGE plpgsql SET client_min_messages = warning
    AS $$
    DECLARE
        command record;
        note json;
        reference json;
    BEGIN
        FOR command IN SELECT DISTINCT d.objid, c.relname, n.nspname, d.command_tag LIKE 'CREATE%' OR d.command_tag = 'SELECT INTO' AS created FROM pg_event_trigger_ddl_commands() d
                JOIN pg_class c ON c.oid = d.objid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE d.classid = 'pg_class'::regclass AND c.relkind = 'r' LOOP
            PERFORM pg_internal.forget_keys(command.objid);
            IF command.created THEN
                PERFORM pg_internal.change_storage(command.objid, '{}');
            END IF;
            FOR note IN SELECT m[1]::json FROM regexp_matches(current_query(), '/[*] sandbox ([{].*?[}]) [*]/', 'g') m LOOP
                CONTINUE WHEN note ->> 'table' <> command.relname OR note ->> 'schema' <> command.nspname;
                IF command.created THEN
                    PERFORM pg_internal.forget_storage(command.objid);
                END IF;
                IF note ->> 'like' IS NOT NULL THEN
                    PERFORM pg_internal.copy_storage(command.objid, pg_internal.resolve(note ->> 'like'));
                END IF;
                IF note ->> 'key' IS NOT NULL THEN
                    PERFORM pg_internal.add_key(command.objid, note -> 'key');
                END IF;
                IF note ->> 'resize' IS NOT NULL THEN
                    PERFORM pg_internal.resize(command.objid, note ->> 'resize', (note ->> 'bytes')::integer);
                END IF;
                PERFORM pg_internal.change_storage(command.objid, note);
                FOR reference IN SELECT json_array_elements(note -> 'references') LOOP
                    PERFORM pg_internal.add_reference(command.objid, pg_internal.resolve(reference ->> 'relation'), reference);
                END LOOP;
            END LOOP;
        END LOOP;
    END $$;

CREATE FUNCTION pg_internal.after_drop() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE dropped record;
    BEGIN
        FOR dropped IN SELECT c.dist_key, c.sort_position FROM pg_event_trigger_dropped_objects() d JOIN pg_internal.column_storage c ON c.relation = d.objid AND c.number = d.objsubid
                WHERE d.classid = 'pg_class'::regclass AND d.original AND d.objsubid > 0 LOOP
            IF dropped.dist_key THEN
                RAISE EXCEPTION 'cannot drop distkey column' USING ERRCODE = 'feature_not_supported';
            ELSIF dropped.sort_position <> 0 THEN
                RAISE EXCEPTION 'cannot drop sortkey' USING ERRCODE = 'feature_not_supported';
            END IF;
        END LOOP;
        FOR dropped IN SELECT p.proname FROM pg_event_trigger_dropped_objects() d JOIN pg_proc p ON p.proname = 'late_' || d.objid AND p.pronamespace = 'pg_internal'::regnamespace
                WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 LOOP
            DELETE FROM pg_internal.late_view WHERE relation = substr(dropped.proname, 6)::oid;
            EXECUTE format('DROP FUNCTION pg_internal.%I()', dropped.proname);
        END LOOP;
        DELETE FROM pg_internal.table_storage t USING pg_event_trigger_dropped_objects() d WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND t.relation = d.objid;
        DELETE FROM pg_internal.column_storage c USING pg_event_trigger_dropped_objects() d
            WHERE d.classid = 'pg_class'::regclass AND c.relation = d.objid AND d.objsubid IN (0, c.number);
    END $$;

CREATE EVENT TRIGGER sandbox_storage ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE') EXECUTE FUNCTION pg_internal.after_ddl();
CREATE EVENT TRIGGER sandbox_dropped ON sql_drop EXECUTE FUNCTION pg_internal.after_drop();

-- ALTER COLUMN TYPE, which changes lengths of VARCHAR only; rows stay where they are. Rules: page ALTER TABLE.
CREATE FUNCTION pg_internal.resize(target oid, column_name text, bytes integer) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
        SET allow_system_table_mods = on
    AS $$
    DECLARE
        found_number smallint := pg_internal.column_number(target, column_name);
        longest integer;
    BEGIN
        PERFORM pg_internal.require_own_table(target);
        IF (SELECT atttypid FROM pg_attribute WHERE attrelid = target AND attnum = found_number) <> 'varchar'::regtype THEN
            RAISE EXCEPTION 'target data type "character varying" is not supported for the type of column "%"', column_name USING ERRCODE = 'feature_not_supported';
        END IF;
        IF EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = target AND found_number = ANY (conkey) AND contype IN ('p', 'u', 'f')
                OR confrelid = target AND found_number = ANY (confkey)) THEN
            RAISE EXCEPTION 'cannot alter type of column "%" that is part of a PRIMARY KEY, UNIQUE or FOREIGN KEY constraint', column_name USING ERRCODE = 'feature_not_supported';
        END IF;
        IF EXISTS (SELECT 1 FROM pg_attrdef WHERE adrelid = target AND adnum = found_number) THEN
            RAISE EXCEPTION 'cannot alter type of column "%" that has a default value', column_name USING ERRCODE = 'feature_not_supported';
        END IF;
        IF EXISTS (SELECT 1 FROM pg_internal.column_storage s WHERE s.relation = target AND s.number = found_number AND s.encoding IN ('bytedict', 'runlength', 'text255', 'text32k')) THEN
            RAISE EXCEPTION 'cannot alter type of column "%" with its compression encoding', column_name USING ERRCODE = 'feature_not_supported';
        END IF;
        IF EXISTS (SELECT 1 FROM pg_depend WHERE refclassid = 'pg_class'::regclass AND refobjid = target AND refobjsubid = found_number
                AND classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass)) THEN
            RAISE EXCEPTION 'cannot alter type of a column used by a view or policy' USING ERRCODE = 'feature_not_supported';
        END IF;
        EXECUTE format('SELECT max(octet_length(%I)) FROM %s', column_name, target::regclass) INTO longest;
        IF longest > bytes THEN
            RAISE EXCEPTION 'value too long for type character varying(%)', bytes USING ERRCODE = 'string_data_right_truncation';
        END IF;
        UPDATE pg_attribute SET atttypmod = bytes + 4 WHERE attrelid = target AND attnum = found_number;
    END $$;
