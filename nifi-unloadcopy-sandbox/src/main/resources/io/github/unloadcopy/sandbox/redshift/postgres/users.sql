-- Users, groups, and what superusers may do: all that any user may, and what is granted to the role sandbox:superuser, which owns nothing and cannot log in.
SET allow_system_table_mods = on;

CREATE ROLE "sandbox:superuser" NOLOGIN;

-- Makes every superuser a member of every user, so that it owns what they own, may alter them and may be them (SET SESSION AUTHORIZATION); of groups it is an administrator and no member, of
-- roles neither (see privileges.sql). Two superusers are members of each other, which GRANT would not do, but which PostgreSQL's search of memberships, remembering where it has been, does not mind. Granted by the bootstrap superuser, 10.
CREATE FUNCTION pg_internal.keep_superusers() RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        DELETE FROM pg_auth_members m USING pg_authid s, pg_authid r WHERE m.grantor = 10 AND s.oid = m.member AND NOT s.rolcreaterole AND r.oid = m.roleid
            AND (r.rolcanlogin OR r.rolname = 'sandbox:superuser' OR m.admin_option AND NOT m.inherit_option);
        UPDATE pg_auth_members m SET inherit_option = true, set_option = true FROM pg_authid s, pg_authid r
            WHERE m.grantor = 10 AND s.oid = m.member AND s.rolcreaterole AND r.oid = m.roleid AND r.rolcanlogin AND NOT (m.inherit_option AND m.set_option);
        INSERT INTO pg_auth_members (oid, roleid, member, grantor, admin_option, inherit_option, set_option)
            SELECT pg_nextoid('pg_auth_members', 'oid', 'pg_auth_members_oid_index'), r.oid, s.oid, 10, r.rolname <> 'sandbox:superuser', u, u
            FROM pg_authid r JOIN pg_authid s ON s.oid <> r.oid, LATERAL (SELECT r.rolcanlogin OR r.rolname = 'sandbox:superuser' AS u) kind
            WHERE s.rolcreaterole AND NOT s.rolsuper AND NOT r.rolsuper AND (r.rolname = 'sandbox:superuser' OR r.rolname !~ '^(pg_|role:|permission:|sandbox:)')
                AND NOT EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.roleid = r.oid AND m.member = s.oid AND m.grantor = 10);
    END $$;

-- ALTER TABLE ... OWNER TO: superusers give a table to any user, while PostgreSQL asks that the new owner may create tables in the schema. PostgreSQL 8.0, which Redshift comes from, knows no other way.
CREATE FUNCTION pg_internal.change_owner(relation oid, owner text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_class c WHERE c.oid = relation AND c.oid >= 16384 AND c.relkind IN ('r', 'v', 'm')
                AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_internal'::regnamespace)) OR NOT pg_internal.is_superuser(pg_internal.caller()) THEN
            RAISE EXCEPTION 'must be superuser to change the owner of a table' USING ERRCODE = 'insufficient_privilege';
        ELSIF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = owner AND rolcanlogin AND NOT rolsuper) THEN
            RAISE EXCEPTION 'user "%" does not exist', owner USING ERRCODE = 'undefined_object';
        END IF;
        EXECUTE format('ALTER TABLE %s OWNER TO %I', relation::regclass, owner);
    END $$;

-- CREATE GROUP, ALTER GROUP and IN GROUP of CREATE USER: who adds a user does not matter to who removes it, as it would if users granted memberships themselves.
CREATE FUNCTION pg_internal.change_group(group_name text, users text[], added boolean) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE member_name text;
    BEGIN
        IF NOT pg_internal.is_superuser(pg_internal.caller()) THEN
            RAISE EXCEPTION 'must be superuser to alter groups' USING ERRCODE = 'insufficient_privilege';
        ELSIF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = group_name AND NOT rolcanlogin AND oid >= 16384 AND group_name !~ '^(role:|permission:|sandbox:)') THEN
            RAISE EXCEPTION 'group "%" does not exist', group_name USING ERRCODE = 'undefined_object';
        END IF;
        FOREACH member_name IN ARRAY users LOOP
            IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = member_name AND rolcanlogin AND NOT rolsuper) THEN
                RAISE EXCEPTION 'user "%" does not exist', member_name USING ERRCODE = 'undefined_object';
            END IF;
            EXECUTE format(CASE WHEN added THEN 'GRANT %I TO %I WITH INHERIT TRUE, SET FALSE' ELSE 'REVOKE %I FROM %I' END, group_name, member_name);
        END LOOP;
        PERFORM pg_internal.keep_superusers();
    END $$;

-- SYSLOG ACCESS of CREATE USER and ALTER USER: with UNRESTRICTED, a user sees all rows of the system views that show others only their own.
CREATE FUNCTION pg_internal.change_log_access(user_name text, unrestricted boolean) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        IF NOT pg_internal.is_superuser(pg_internal.caller()) THEN
            RAISE EXCEPTION 'must be superuser to change SYSLOG ACCESS' USING ERRCODE = 'insufficient_privilege';
        ELSIF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = user_name AND rolcanlogin AND NOT rolsuper) THEN
            RAISE EXCEPTION 'user "%" does not exist', user_name USING ERRCODE = 'undefined_object';
        END IF;
        EXECUTE format(CASE WHEN unrestricted THEN 'GRANT "permission:SYSLOG ACCESS" TO %I WITH INHERIT TRUE, SET FALSE' ELSE 'REVOKE "permission:SYSLOG ACCESS" FROM %I' END, user_name);
    END $$;

-- Page PG_USER. A superuser there is one of the cluster.
CREATE OR REPLACE VIEW pg_catalog.pg_user AS
    SELECT usename, usesysid, usecreatedb, pg_internal.is_superuser(usesysid) AS usesuper, userepl, usebypassrls, '********'::text AS passwd, valuntil, useconfig FROM pg_catalog.pg_shadow;

-- Page PG_GROUP. PostgreSQL's own roles are none, and superusers who may administer a group are not its members.
CREATE OR REPLACE VIEW pg_catalog.pg_group AS
    SELECT rolname AS groname, oid AS grosysid, ARRAY(SELECT m.member FROM pg_catalog.pg_auth_members m WHERE m.roleid = r.oid AND m.inherit_option) AS grolist
    FROM pg_catalog.pg_authid r WHERE NOT rolcanlogin AND oid >= 16384 AND rolname !~ '^(role:|permission:|sandbox:)';
