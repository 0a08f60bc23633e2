-- Roles, and who may do what with tables and views. PostgreSQL has one kind of role where Redshift has three kinds of identities: a user may log in, a group may not, a role's name has the prefix
-- "role:", and a system permission, which roles hold as members, has the prefix "permission:". All of them belong to the cluster, not to one database.
SET allow_system_table_mods = on;

-- Page "Amazon Redshift system-defined roles"; of the permissions, those that the sandbox has a use for.
CREATE ROLE "permission:ACCESS SYSTEM TABLE";
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
    FROM pg_catalog.pg_roles WHERE rolname !~ '^(permission:|pg_)'
    UNION ALL SELECT 0, 'public', 'public';
GRANT SELECT ON pg_internal.identity TO PUBLIC;

-- A user and what it is a member of: groups, roles, roles of these roles, and their system permissions.
CREATE FUNCTION pg_internal.identities_of(user_id oid) RETURNS SETOF oid LANGUAGE sql STABLE
    AS $$ WITH RECURSIVE held(id) AS (SELECT user_id UNION SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN held h ON m.member = h.id) SELECT id FROM held $$;

CREATE FUNCTION pg_internal.is_member(user_id oid, member_of text) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT EXISTS (SELECT 1 FROM pg_internal.identities_of(user_id) i JOIN pg_catalog.pg_roles r ON r.oid = i WHERE r.rolname = member_of) $$;

-- Whether the user of the session is a superuser or holds a system permission.
CREATE FUNCTION pg_internal.has_permission(permission text) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT pg_internal.is_superuser(pg_internal.user_id()) OR pg_internal.is_member(pg_internal.user_id(), 'permission:' || permission) $$;

CREATE FUNCTION pg_internal.is_security_administrator() RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT pg_internal.is_superuser(pg_internal.user_id()) OR pg_internal.is_member(pg_internal.user_id(), 'role:sys:secadmin') $$;

-- Who created a role, and its EXTERNALID: kept where every database finds them.
CREATE FUNCTION pg_internal.role_owner(role_id oid) RETURNS oid LANGUAGE sql STABLE
    AS $$ SELECT (pg_catalog.shobj_description(role_id, 'pg_authid')::json ->> 'owner')::oid $$;

-- "Other users can only see identities they have access to or own": pages SVV_RELATION_PRIVILEGES and SVV_COLUMN_PRIVILEGES. A user who owns a table does not see what others are granted on it.
CREATE FUNCTION pg_internal.sees_identity(identity_id oid) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT identity_id = 0 OR identity_id IN (SELECT pg_internal.identities_of(pg_internal.user_id())) OR pg_internal.role_owner(identity_id) = pg_internal.user_id() $$;

-- Page SVV_RELATION_PRIVILEGES. What is granted explicitly: owners have their privileges without a grant. Users with SYSLOG ACCESS UNRESTRICTED, who would see all rows, are not known here.
CREATE VIEW pg_catalog.svv_relation_privileges AS
    SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, acl.privilege_type, acl.grantee::bigint::integer AS identity_id, i.name::text AS identity_name,
        i.type AS identity_type, acl.is_grantable AS admin_option
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) acl JOIN pg_internal.identity i ON i.id = acl.grantee
    WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_internal') AND acl.grantee <> c.relowner
        AND acl.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REFERENCES', 'TRUNCATE')
        AND (pg_internal.is_superuser(pg_internal.user_id()) OR pg_internal.sees_identity(acl.grantee));

-- Page SVV_COLUMN_PRIVILEGES.
CREATE VIEW pg_catalog.svv_column_privileges AS
    SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, a.attname::text AS column_name, acl.privilege_type, acl.grantee::bigint::integer AS identity_id,
        i.name::text AS identity_name, i.type AS identity_type
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) acl JOIN pg_internal.identity i ON i.id = acl.grantee
    WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_internal') AND acl.grantee <> c.relowner AND acl.privilege_type IN ('SELECT', 'UPDATE')
        AND (pg_internal.has_permission('ACCESS SYSTEM TABLE') OR pg_internal.sees_identity(acl.grantee));

GRANT SELECT ON pg_catalog.svv_relation_privileges, pg_catalog.svv_column_privileges TO PUBLIC;
