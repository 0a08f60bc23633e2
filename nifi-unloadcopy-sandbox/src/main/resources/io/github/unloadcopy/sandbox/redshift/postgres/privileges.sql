-- Roles, and who may do what with tables and views. PostgreSQL has one kind of role where Redshift has three kinds of identities: a user may log in, a group may not, a role's name has the prefix
-- "role:", and a system permission, which roles hold as members, has the prefix "permission:". All of them belong to the cluster, not to one database.
SET allow_system_table_mods = on;

-- Page "Amazon Redshift system-defined roles"; of the permissions, those that the sandbox has a use for.
CREATE ROLE "permission:ACCESS SYSTEM TABLE";
CREATE ROLE "permission:SYSLOG ACCESS";
CREATE ROLE "permission:IGNORE RLS";
CREATE ROLE "permission:EXPLAIN RLS";
CREATE ROLE "permission:EXPLAIN MASKING";
CREATE ROLE "role:sys:monitor" IN ROLE "permission:ACCESS SYSTEM TABLE";
CREATE ROLE "role:sys:operator" IN ROLE "permission:ACCESS SYSTEM TABLE";
CREATE ROLE "role:sys:dba" IN ROLE "role:sys:operator";
CREATE ROLE "role:sys:secadmin" IN ROLE "permission:IGNORE RLS", "permission:EXPLAIN RLS", "permission:EXPLAIN MASKING";
CREATE ROLE "role:sys:superuser" IN ROLE "permission:ACCESS SYSTEM TABLE", "permission:IGNORE RLS", "permission:EXPLAIN RLS", "permission:EXPLAIN MASKING";

CREATE VIEW pg_internal.identity AS
    SELECT oid AS id, regexp_replace(rolname, '^role:', '') AS name, CASE WHEN rolname ~ '^role:' THEN 'role' WHEN rolcanlogin THEN 'user' ELSE 'group' END AS type
    FROM pg_catalog.pg_roles WHERE rolname !~ '^(permission:|sandbox:|pg_)'
    UNION ALL SELECT 0, 'public', 'public';
GRANT SELECT ON pg_internal.identity TO PUBLIC;

-- A user and what it is a member of: groups, roles, roles of these roles, and their system permissions; not the users that a superuser is a member of, see keep_superusers.
CREATE FUNCTION pg_internal.identities_of(user_id oid) RETURNS SETOF oid LANGUAGE sql STABLE
    AS $$ WITH RECURSIVE held(id) AS (SELECT user_id UNION SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN held h ON m.member = h.id
        JOIN pg_catalog.pg_roles r ON r.oid = m.roleid WHERE m.inherit_option AND NOT r.rolcanlogin) SELECT id FROM held $$;

CREATE FUNCTION pg_internal.is_member(user_id oid, member_of text) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT EXISTS (SELECT 1 FROM pg_internal.identities_of(user_id) i JOIN pg_catalog.pg_roles r ON r.oid = i WHERE r.rolname = member_of) $$;

-- Whether the user of the session is a superuser or holds a system permission.
CREATE FUNCTION pg_internal.has_permission(permission text) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT pg_internal.is_superuser(pg_internal.caller()) OR pg_internal.is_member(pg_internal.caller(), 'permission:' || permission) $$;

CREATE FUNCTION pg_internal.is_security_administrator() RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT pg_internal.is_superuser(pg_internal.caller()) OR pg_internal.is_member(pg_internal.caller(), 'role:sys:secadmin') $$;

-- Who created a role, and its EXTERNALID: kept where every database finds them.
CREATE FUNCTION pg_internal.role_owner(role_id oid) RETURNS oid LANGUAGE sql STABLE
    AS $$ SELECT (pg_catalog.shobj_description(role_id, 'pg_authid')::json ->> 'owner')::oid $$;

-- "Other users can only see identities they have access to or own": pages SVV_RELATION_PRIVILEGES and SVV_COLUMN_PRIVILEGES. A user who owns a table does not see what others are granted on it.
CREATE FUNCTION pg_internal.sees_identity(identity_id oid) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT identity_id = 0 OR identity_id IN (SELECT pg_internal.identities_of(pg_internal.caller())) OR pg_internal.role_owner(identity_id) = pg_internal.caller() $$;

-- Page SVV_RELATION_PRIVILEGES. What is granted explicitly: owners have their privileges without a grant. Users with SYSLOG ACCESS UNRESTRICTED see all rows.
CREATE VIEW pg_catalog.svv_relation_privileges AS
    SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, acl.privilege_type, acl.grantee::bigint::integer AS identity_id, i.name::text AS identity_name,
        i.type AS identity_type, acl.is_grantable AS admin_option
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) acl JOIN pg_internal.identity i ON i.id = acl.grantee
    WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_internal') AND acl.grantee <> c.relowner
        AND acl.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REFERENCES', 'TRUNCATE')
        AND (pg_internal.has_permission('SYSLOG ACCESS') OR pg_internal.sees_identity(acl.grantee));

-- Page SVV_COLUMN_PRIVILEGES.
CREATE VIEW pg_catalog.svv_column_privileges AS
    SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, a.attname::text AS column_name, acl.privilege_type, acl.grantee::bigint::integer AS identity_id,
        i.name::text AS identity_name, i.type AS identity_type
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) acl JOIN pg_internal.identity i ON i.id = acl.grantee
    WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_internal') AND acl.grantee <> c.relowner AND acl.privilege_type IN ('SELECT', 'UPDATE')
        AND (pg_internal.has_permission('ACCESS SYSTEM TABLE') OR pg_internal.sees_identity(acl.grantee));

GRANT SELECT ON pg_catalog.svv_relation_privileges, pg_catalog.svv_column_privileges TO PUBLIC;

-- Pages SVV_ROLES, which all users see whole, SVV_USER_GRANTS and SVV_ROLE_GRANTS.
CREATE VIEW pg_catalog.svv_roles AS
    SELECT i.id::bigint::integer AS role_id, i.name::text AS role_name, coalesce(u.rolname, 'rdsdb')::text AS role_owner,
        pg_catalog.shobj_description(i.id, 'pg_authid')::json ->> 'external_id' AS external_id
    FROM pg_internal.identity i LEFT JOIN pg_catalog.pg_roles u ON u.oid = pg_internal.role_owner(i.id) WHERE i.type = 'role';

CREATE VIEW pg_catalog.svv_user_grants AS
    SELECT u.id::bigint::integer AS user_id, u.name::text AS user_name, r.id::bigint::integer AS role_id, r.name::text AS role_name, m.admin_option
    FROM pg_catalog.pg_auth_members m JOIN pg_internal.identity u ON u.id = m.member AND u.type = 'user' JOIN pg_internal.identity r ON r.id = m.roleid AND r.type = 'role'
    WHERE pg_internal.has_permission('ACCESS SYSTEM TABLE') OR m.member = pg_internal.caller();

CREATE VIEW pg_catalog.svv_role_grants AS
    SELECT r.id::bigint::integer AS role_id, r.name::text AS role_name, g.id::bigint::integer AS granted_role_id, g.name::text AS granted_role_name
    FROM pg_catalog.pg_auth_members m JOIN pg_internal.identity r ON r.id = m.member AND r.type = 'role' JOIN pg_internal.identity g ON g.id = m.roleid AND g.type = 'role'
    WHERE pg_internal.has_permission('ACCESS SYSTEM TABLE') OR pg_internal.sees_identity(m.member);

GRANT SELECT ON pg_catalog.svv_roles, pg_catalog.svv_user_grants, pg_catalog.svv_role_grants TO PUBLIC;

-- The identity that a statement names; 0 is PUBLIC. Roles of datashares are the cluster's own: page "Amazon Redshift system-defined roles".
CREATE FUNCTION pg_internal.identity_id(kind text, identity_name text) RETURNS oid LANGUAGE plpgsql STABLE
    AS $$
    DECLARE result oid;
    BEGIN
        IF identity_name ~ '^ds:' AND kind IN ('user', 'role') THEN
            RAISE EXCEPTION 'Granting permissions to reserved % % is not supported.', kind, identity_name USING ERRCODE = 'feature_not_supported';
        END IF;
        SELECT i.id INTO result FROM pg_internal.identity i WHERE i.type = kind AND i.name = identity_name;
        IF NOT FOUND THEN
            RAISE EXCEPTION '% "%" does not exist', kind, identity_name USING ERRCODE = 'undefined_object';
        END IF;
        RETURN result;
    END $$;

CREATE FUNCTION pg_internal.check_identities(kinds text[], names text[]) RETURNS void LANGUAGE sql STABLE
    AS $$ SELECT pg_internal.identity_id(k, n) FROM unnest(kinds, names) u(k, n) $$;

-- Pages CREATE ROLE and DROP ROLE.
CREATE FUNCTION pg_internal.create_role(role_name text, external_id text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    BEGIN
        IF NOT pg_internal.is_security_administrator() THEN
            RAISE EXCEPTION 'permission denied to create role' USING ERRCODE = 'insufficient_privilege';
        ELSIF role_name ~ '^(sys|ds):' THEN
            RAISE EXCEPTION 'role name "%" is reserved', role_name USING ERRCODE = 'reserved_name';
        ELSIF EXISTS (SELECT 1 FROM pg_internal.identity i WHERE i.name = role_name AND i.type IN ('role', 'user')) THEN
            RAISE EXCEPTION 'role "%" already exists', role_name USING ERRCODE = 'duplicate_object';
        END IF;
        PERFORM pg_internal.make_role(role_name, external_id);
    END $$;

CREATE FUNCTION pg_internal.make_role(role_name text, external_id text) RETURNS void LANGUAGE plpgsql VOLATILE
    AS $$
    BEGIN
        EXECUTE format('CREATE ROLE %I', 'role:' || role_name);
        EXECUTE format('COMMENT ON ROLE %I IS %L', 'role:' || role_name, json_build_object('owner', pg_internal.caller(), 'external_id', external_id));
    END $$;

-- Owners and users who were granted the role WITH ADMIN OPTION administer it: pages DROP ROLE and GRANT. So does sys:secadmin, page "Amazon Redshift system-defined roles".
CREATE FUNCTION pg_internal.check_administers(role_id oid, role_name text) RETURNS void LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        IF NOT (pg_internal.is_security_administrator() OR coalesce(pg_internal.role_owner(role_id) = pg_internal.caller(), false)
                OR EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.roleid = role_id AND m.member = pg_internal.caller() AND m.admin_option)) THEN
            RAISE EXCEPTION 'permission denied for role %', role_name USING ERRCODE = 'insufficient_privilege';
        END IF;
    END $$;

CREATE FUNCTION pg_internal.drop_role(role_name text, force boolean) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE role_id oid := pg_internal.identity_id('role', role_name);
    BEGIN
        PERFORM pg_internal.check_administers(role_id, role_name);
        IF role_name ~ '^sys:' THEN
            RAISE EXCEPTION 'cannot drop system role %', role_name USING ERRCODE = 'feature_not_supported';
        ELSIF NOT force AND EXISTS (SELECT 1 FROM pg_auth_members m JOIN pg_internal.identity i ON i.id = m.member WHERE m.roleid = role_id AND i.type = 'user') THEN
            RAISE EXCEPTION 'cannot drop this role since it has been granted on a user' USING ERRCODE = 'dependent_objects_still_exist';
        ELSIF NOT force AND EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.roleid = role_id OR m.member = role_id AND m.roleid IN (SELECT i.id FROM pg_internal.identity i)) THEN
            RAISE EXCEPTION 'cannot drop this role since it depends on another role' USING ERRCODE = 'dependent_objects_still_exist';
        END IF;
        -- What it was granted in this database.
        EXECUTE format('DROP OWNED BY %I', 'role:' || role_name);
        EXECUTE format('DROP ROLE %I', 'role:' || role_name);
    END $$;

-- GRANT ROLE and REVOKE ROLE: pages GRANT and REVOKE.
CREATE FUNCTION pg_internal.grant_roles(roles text[], kinds text[], names text[], admin boolean) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE pair record;
    BEGIN
        FOR pair IN SELECT r AS role, pg_internal.identity_id('role', r) AS id, pg_internal.identity_id(k, n) AS grantee_id FROM unnest(roles) r, unnest(kinds, names) u(k, n) LOOP
            PERFORM pg_internal.check_administers(pair.id, pair.role);
            EXECUTE format('GRANT %I TO %s WITH ADMIN %s, INHERIT TRUE, SET FALSE', 'role:' || pair.role, pair.grantee_id::regrole, admin::text);
        END LOOP;
    EXCEPTION WHEN invalid_grant_operation THEN
        RAISE EXCEPTION '%', replace(SQLERRM, '"role:', '"') USING ERRCODE = 'invalid_grant_operation';
    END $$;

CREATE FUNCTION pg_internal.revoke_roles(roles text[], kinds text[], names text[], admin_only boolean) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE pair record;
    BEGIN
        FOR pair IN SELECT r AS role, pg_internal.identity_id('role', r) AS id, pg_internal.identity_id(k, n) AS grantee_id FROM unnest(roles) r, unnest(kinds, names) u(k, n) LOOP
            PERFORM pg_internal.check_administers(pair.id, pair.role);
            EXECUTE format('REVOKE %s %I FROM %s', CASE WHEN admin_only THEN 'ADMIN OPTION FOR' ELSE '' END, 'role:' || pair.role, pair.grantee_id::regrole);
        END LOOP;
    END $$;

-- System permissions, which only roles can hold: pages GRANT and "System permissions for RBAC".
CREATE FUNCTION pg_internal.change_permission(permission text, roles text[], granted boolean) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE grantee oid;
    BEGIN
        IF NOT pg_internal.is_security_administrator() THEN
            RAISE EXCEPTION 'permission denied to grant %', permission USING ERRCODE = 'insufficient_privilege';
        END IF;
        FOR grantee IN SELECT pg_internal.identity_id('role', r) FROM unnest(roles) r LOOP
            EXECUTE format(CASE WHEN granted THEN 'GRANT %I TO %s WITH INHERIT TRUE, SET FALSE' ELSE 'REVOKE %I FROM %s' END, 'permission:' || permission, grantee::regrole);
        END LOOP;
    END $$;
