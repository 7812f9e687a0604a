-- What a role needs for a purpose: the GRANT of all of it, and of what is missing (NULL: nothing is). No row: no such role.
-- A schema or table that is not there yet is left out. Reads the system catalogs alone, which every role may.
-- Purposes: sync (every night), rollback, phase, read (look, compare, export, back up), own (migrate, drop, all else).
-- $1 the role, NULL: this one; $2 the purpose; arrays: $3 schemas and $4 mapped tables in them, $5 their state tables,
-- $6 schemas and $7 tables in them that are only linked to; $8 the schema in which the base's own SQL makes what it does
-- not qualify; $9 text[] of the tables that its files have made, qualified: a backup reads them all
WITH who AS (
    SELECT r.oid, pg_catalog.quote_ident(r.rolname) AS name, r.rolsuper, r.rolbypassrls
    FROM pg_catalog.pg_roles r
    WHERE r.rolname = coalesce($1::text, CURRENT_USER)
), made AS (
    SELECT c.oid, n.nspname::text, c.relname::text
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND pg_catalog.format('%I.%I', n.nspname, c.relname) = ANY ($9::text[])
      AND (n.nspname, c.relname) NOT IN (SELECT s, t FROM unnest($3::text[], $4::text[]) AS m (s, t))
), wanted (pos, purposes, kind, schema, name, privileges) AS (
    VALUES (1, '{sync,rollback,phase,read,own}'::text[], 'DATABASE', NULL, pg_catalog.current_database()::text, 'TEMPORARY'),
           (1, '{own}', 'DATABASE', NULL, pg_catalog.current_database(), 'CREATE'),
           (2, '{sync,rollback,phase,read}', 'SCHEMA', NULL, 'artsync', 'USAGE'),
           (2, '{sync,rollback,phase,read}', 'SCHEMA', NULL, 'public', 'USAGE'),
           (2, '{own}', 'SCHEMA', NULL, 'public', 'USAGE, CREATE'),
           (4, '{sync,rollback,phase,read}', 'TABLE', 'artsync', 'migrations', 'SELECT'),
           (4, '{rollback,read}', 'TABLE', 'artsync', 'settings', 'SELECT'),
           (4, '{sync,phase}', 'TABLE', 'artsync', 'settings', 'SELECT, INSERT, UPDATE'),
           (4, '{read}', 'TABLE', 'artsync', 'setting_changes', 'SELECT'),
           (4, '{phase}', 'TABLE', 'artsync', 'setting_changes', 'INSERT'),
           (4, '{sync,rollback}', 'TABLE', 'artsync', 'layouts', 'SELECT, INSERT'),
           (4, '{sync,rollback}', 'TABLE', 'artsync', 'changes', 'SELECT, INSERT, UPDATE'),
           (4, '{sync,rollback}', 'TABLE', 'artsync', 'rejects', 'SELECT, INSERT, UPDATE'),
           (4, '{sync,rollback}', 'TABLE', 'artsync', 'former_ids', 'SELECT, INSERT, UPDATE'),
           (4, '{phase,read}', 'TABLE', 'artsync', 'layouts', 'SELECT'),
           (4, '{phase,read}', 'TABLE', 'artsync', 'changes', 'SELECT'),
           (4, '{phase,read}', 'TABLE', 'artsync', 'rejects', 'SELECT'),
           (4, '{phase,read}', 'TABLE', 'artsync', 'former_ids', 'SELECT'),
           (4, '{sync,rollback}', 'TABLE', 'public', 'sync_logs', 'SELECT, INSERT, UPDATE'),
           (4, '{phase,read}', 'TABLE', 'public', 'sync_logs', 'SELECT')
    UNION
    SELECT 2, '{sync,rollback,phase,read}'::text[], 'SCHEMA', NULL, unnest($3::text[] || $6::text[]), 'USAGE'
    UNION
    SELECT 2, '{own}', 'SCHEMA', NULL, unnest($3::text[] || $8::text), 'USAGE, CREATE'
    UNION
    -- statements name the types of columns
    SELECT 2, '{sync,rollback,phase,read}', 'SCHEMA', NULL, s.nspname, 'USAGE'
    FROM unnest($3::text[] || $6::text[], $4::text[] || $7::text[]) AS t (space, name)
    JOIN pg_catalog.pg_class c ON c.relname = t.name
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = t.space
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
    JOIN pg_catalog.pg_namespace s ON s.oid = y.typnamespace AND s.nspname <> 'pg_catalog'
    UNION
    SELECT 2, '{read}', 'SCHEMA', NULL, nspname, 'USAGE' FROM made
    UNION
    SELECT 6, '{read}', 'TABLE', nspname, relname, 'SELECT' FROM made
    UNION ALL
    SELECT 5, p.purposes::text[], 'TABLE', 'artsync', s.name, p.privileges
    FROM unnest($5::text[]) AS s (name),
         (VALUES ('{sync,rollback}', 'SELECT, INSERT, UPDATE, DELETE'), ('{phase,read}', 'SELECT')) AS p (purposes, privileges)
    UNION ALL
    SELECT 6, p.purposes::text[], 'TABLE', t.space, t.name, p.privileges
    FROM unnest($3::text[], $4::text[]) AS t (space, name),
         (VALUES ('{sync}', 'SELECT, INSERT, UPDATE'), ('{rollback}', 'SELECT, INSERT, UPDATE, DELETE'),
                 ('{phase,read}', 'SELECT')) AS p (purposes, privileges)
    UNION ALL
    SELECT 6, '{sync}', 'TABLE', t.space, t.name, 'SELECT' FROM unnest($6::text[], $7::text[]) AS t (space, name)
), relation AS (
    SELECT c.oid, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity, n.nspname, c.relname,
           (n.nspname, c.relname) IN (SELECT s, t FROM unnest($3::text[] || $6::text[], $4::text[] || $7::text[]) AS m (s, t))
               AS mapped,
           (n.nspname, c.relname) IN (SELECT s, t FROM unnest($3::text[], $4::text[]) AS m (s, t)) AS written
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p')
      AND (n.nspname = 'artsync' OR c.oid IN (SELECT oid FROM made) OR n.nspname = 'public' AND c.relname = 'sync_logs'
           OR (n.nspname, c.relname) IN (SELECT s, t FROM unnest($3::text[] || $6::text[], $4::text[] || $7::text[]) AS m (s, t)))
), sequence AS (
    -- an identity column needs no right on its sequence to insert, a default of nextval() does; a dump reads them all
    SELECT s.oid, n.nspname, s.relname, bool_or(d.classid = 'pg_attrdef'::regclass AND r.written) AS by_default
    FROM relation r
    LEFT JOIN pg_catalog.pg_attrdef a ON a.adrelid = r.oid
    JOIN pg_catalog.pg_depend d
      ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid AND d.refclassid = 'pg_class'::regclass
      OR d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = r.oid
         AND d.deptype IN ('a', 'i')
    JOIN pg_catalog.pg_class s
      ON s.relkind = 'S' AND s.oid = CASE WHEN d.classid = 'pg_attrdef'::regclass THEN d.refobjid ELSE d.objid END
    JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
    GROUP BY s.oid, n.nspname, s.relname
), needed AS (
    SELECT w.pos, w.kind, pg_catalog.quote_ident(w.name) AS object, w.privileges, d.oid
    FROM wanted w JOIN pg_catalog.pg_database d ON d.datname = w.name
    WHERE w.kind = 'DATABASE' AND $2 = ANY (w.purposes)
    UNION ALL
    SELECT w.pos, w.kind, pg_catalog.quote_ident(w.name), w.privileges, n.oid
    FROM wanted w JOIN pg_catalog.pg_namespace n ON n.nspname = w.name
    WHERE w.kind = 'SCHEMA' AND $2 = ANY (w.purposes)
    UNION ALL
    SELECT w.pos, w.kind, pg_catalog.format('%I.%I', w.schema, w.name), w.privileges, r.oid
    FROM wanted w JOIN relation r ON r.nspname = w.schema AND r.relname = w.name
    WHERE w.kind = 'TABLE' AND $2 = ANY (w.purposes)
    UNION ALL
    SELECT 7, 'SEQUENCE', pg_catalog.format('%I.%I', s.nspname, s.relname),
           CASE $2 WHEN 'read' THEN 'SELECT' ELSE 'USAGE' END, s.oid
    FROM sequence s
    WHERE $2 = 'read' OR $2 IN ('sync', 'rollback') AND s.by_default
), looked AS (
    SELECT n.pos, n.kind, n.object, w.name AS role, n.privileges,
           (SELECT pg_catalog.string_agg(p.name, ', ' ORDER BY p.ord)
            FROM pg_catalog.string_to_table(n.privileges, ', ') WITH ORDINALITY AS p (name, ord)
            WHERE NOT CASE n.kind WHEN 'DATABASE' THEN pg_catalog.has_database_privilege(w.oid, n.oid, p.name)
                                  WHEN 'SCHEMA' THEN pg_catalog.has_schema_privilege(w.oid, n.oid, p.name)
                                  WHEN 'SEQUENCE' THEN pg_catalog.has_sequence_privilege(w.oid, n.oid, p.name)
                                  ELSE pg_catalog.has_table_privilege(w.oid, n.oid, p.name) END) AS missing
    FROM needed n CROSS JOIN who w
), statement (pos, object, statement, missing) AS (
    SELECT pos, object, pg_catalog.format('GRANT %s ON %s %s TO %s;', privileges, kind, object, role),
           CASE WHEN missing IS NOT NULL THEN pg_catalog.format('GRANT %s ON %s %s TO %s;', missing, kind, object, role) END
    FROM looked
    UNION ALL
    SELECT 8, NULL, s.statement, CASE WHEN s.lacks THEN s.statement END
    FROM (SELECT pg_catalog.format('ALTER ROLE %s BYPASSRLS; -- row-level security hides rows of %s', w.name,
                                   pg_catalog.string_agg(pg_catalog.format('%I.%I', r.nspname, r.relname), ', '
                                                         ORDER BY r.relname)) AS statement, true AS lacks
          FROM relation r CROSS JOIN who w
          WHERE r.mapped AND r.relrowsecurity AND NOT w.rolsuper AND NOT w.rolbypassrls AND $2 <> 'own'
            AND (r.relforcerowsecurity OR NOT pg_catalog.pg_has_role(w.oid, r.relowner, 'USAGE'))
          GROUP BY w.name) AS s
    UNION ALL
    SELECT 9, o.object, s.statement, CASE WHEN NOT pg_catalog.pg_has_role(w.oid, o.owner, 'USAGE') THEN s.statement END
    FROM (SELECT 'SCHEMA' AS kind, pg_catalog.quote_ident(n.nspname) AS object, n.nspowner AS owner
          FROM pg_catalog.pg_namespace n WHERE n.nspname = 'artsync'
          UNION ALL
          SELECT 'TABLE', pg_catalog.format('%I.%I', r.nspname, r.relname), r.relowner FROM relation r
          UNION ALL
          SELECT 'FUNCTION', f.oid::regprocedure::text, f.proowner
          FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
          WHERE n.nspname = 'artsync') AS o
    CROSS JOIN who w
    CROSS JOIN LATERAL (SELECT pg_catalog.format('ALTER %s %s OWNER TO %s;', o.kind, o.object, w.name)) AS s (statement)
    WHERE $2 = 'own'
)
SELECT w.name, s.statement, s.missing
FROM who w LEFT JOIN statement s ON true
ORDER BY s.pos, s.object COLLATE "C", s.statement COLLATE "C"
