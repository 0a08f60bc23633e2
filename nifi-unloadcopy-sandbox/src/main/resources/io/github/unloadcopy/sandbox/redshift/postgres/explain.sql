-- What a user is told of policies without seeing them.
SET allow_system_table_mods = on;

-- Page USER_IS_MEMBER_OF: superusers and sys:secadmin ask about all users, others about themselves.
CREATE FUNCTION pg_catalog.user_is_member_of(user_name text, role_or_group_name text) RETURNS boolean LANGUAGE plpgsql STABLE
    AS $$
    DECLARE
        asked oid := (SELECT i.id FROM pg_internal.identity i WHERE i.name = user_name AND i.type = 'user');
    BEGIN
        IF asked IS NULL OR NOT EXISTS (SELECT 1 FROM pg_internal.identity i WHERE i.name = role_or_group_name AND i.type IN ('role', 'group')) THEN
            RAISE EXCEPTION 'user, role or group does not exist' USING ERRCODE = 'undefined_object';
        ELSIF asked <> pg_internal.caller() AND NOT pg_internal.is_security_administrator() THEN
            RAISE EXCEPTION 'permission denied to check the membership of other users' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN pg_internal.is_member(asked, 'role:' || role_or_group_name) OR pg_internal.is_member(asked, role_or_group_name);
    END $$;

CREATE FUNCTION pg_internal.hides_rows(relation_name text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$ SELECT NOT pg_internal.ignores_row_security() AND EXISTS (SELECT 1 FROM pg_internal.rls_relation r JOIN pg_catalog.pg_class c ON c.oid = r.relation
        WHERE r.enabled AND quote_ident(c.relname) = relation_name) $$;

-- Page EXPLAIN, "Using EXPLAIN for RLS": the scan of a protected table is a node of its own kind, and its policies are not shown.
CREATE FUNCTION pg_internal.explain(query text, complete boolean) RETURNS SETOF text LANGUAGE plpgsql VOLATILE
    AS $$
    DECLARE
        line text;
        scan text[];
    BEGIN
        FOR line IN EXECUTE 'EXPLAIN ' || CASE WHEN complete THEN 'VERBOSE ' ELSE '' END || query LOOP
            -- Without backslashes, which sessions may read as escapes.
            scan := regexp_match(line,
                '^( *(?:->  )?)[A-Z][A-Za-z ]* Scan(?: using [^ ]+)? on (?:[a-z0-9_]+[.])?("(?:[^"]|"")+"|[^ "]+)( "(?:[^"]|"")+"| [^ "(]+)?(  [(]cost=.*)');
            IF scan IS NOT NULL AND pg_internal.hides_rows(scan[2]) THEN
                RETURN NEXT scan[1] || 'XN RLS SecureScan ' || ltrim(coalesce(scan[3], scan[2])) || scan[4];
            ELSIF line !~ 'InitPlan|pg_internal[.]' THEN
                RETURN NEXT line;
            END IF;
        END LOOP;
    END $$;
