-- Who owns what artsync runs its own rights through: schema artsync, what is in it, sync_logs, the functions that their
-- triggers call; and, in the schemas $3, what a name of PostgreSQL's own could be taken for. One row: the first object
-- whose owner is not trusted, else any object; no row: there is nothing yet. Reads the system catalogs alone.
-- Trusted are superusers, the database's owner, this role itself, and roles that a superuser, the database's owner or this
-- role itself made it a member of (up to PostgreSQL 14 a role can force its membership on others). A role that could not
-- have made the schema (no CREATE on the database) also trusts who owns all of the mapped tables: their triggers run with
-- its rights anyway.
-- $1 text[] of schemas, $2 text[] of the base's tables in them, $3 text[] of schemas
WITH RECURSIVE me AS (
    SELECT oid, rolsuper FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER
), chief AS (
    SELECT oid FROM pg_catalog.pg_roles WHERE rolsuper OR rolname = 'pg_database_owner'
    UNION SELECT datdba FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
    UNION SELECT oid FROM me
), joined AS (
    SELECT oid FROM me
    UNION
    SELECT m.roleid FROM pg_catalog.pg_auth_members AS m JOIN joined AS j ON m.member = j.oid
     WHERE m.grantor IN (SELECT oid FROM chief)
), table_owner AS (
    SELECT c.relowner AS oid
      FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE (n.nspname, c.relname) IN (SELECT s, t FROM unnest($1::text[], $2::text[]) AS m (s, t)) AND c.relkind IN ('r', 'p')
), trusted AS (
    SELECT oid FROM chief
    UNION SELECT oid FROM joined
    UNION SELECT pg_catalog.min(oid::bigint)::oid FROM table_owner
           WHERE NOT (SELECT rolsuper FROM me)
             AND NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
          HAVING pg_catalog.count(DISTINCT oid) = 1
), space AS (
    SELECT oid, nspname, nspowner FROM pg_catalog.pg_namespace WHERE nspname = 'artsync'
), relation AS (
    SELECT c.oid, c.relkind, n.nspname, c.relname, c.relowner
      FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE (n.nspname = 'artsync' OR (n.nspname = 'public' AND c.relname = 'sync_logs'))
       AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
), object (pos, kind, name, owner) AS (
    SELECT 1, 'schema', pg_catalog.quote_ident(nspname), nspowner FROM space
    UNION ALL
    SELECT 2, CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' WHEN 'S' THEN 'sequence' ELSE 'table' END,
           pg_catalog.format('%I.%I', nspname, relname), relowner
      FROM relation
    UNION ALL
    SELECT 3, 'function', f.oid::regprocedure::text, f.proowner
      FROM pg_catalog.pg_proc AS f
     WHERE f.pronamespace IN (SELECT oid FROM space)
        OR f.oid IN (SELECT g.tgfoid FROM pg_catalog.pg_trigger AS g JOIN relation AS r ON r.oid = g.tgrelid)
    UNION ALL
    SELECT 4, 'function', f.oid::regprocedure::text, f.proowner
      FROM pg_catalog.pg_proc AS f JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace
     WHERE n.nspname = ANY ($3::text[])
       AND EXISTS (SELECT FROM pg_catalog.pg_proc AS own
                    WHERE own.proname = f.proname AND own.pronamespace = 'pg_catalog'::regnamespace)
    UNION ALL
    SELECT 4, 'operator', o.oid::regoperator::text, o.oprowner
      FROM pg_catalog.pg_operator AS o JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace
     WHERE n.nspname = ANY ($3::text[])
       AND EXISTS (SELECT FROM pg_catalog.pg_operator AS own
                    WHERE own.oprname = o.oprname AND own.oprnamespace = 'pg_catalog'::regnamespace)
)
SELECT o.kind, o.name, pg_catalog.pg_get_userbyid(o.owner), o.owner IN (SELECT oid FROM trusted) AS trusted, o.pos = 4,
       CURRENT_USER
  FROM object AS o
 ORDER BY trusted, o.pos, o.name COLLATE "C"
 LIMIT 1
