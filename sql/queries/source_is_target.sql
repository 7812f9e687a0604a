-- Is one of the relations that a source reads the table that is written to, or a part of it?
-- $1 schema and $2 name of the table that is written to; $3 text[] schemas and $4 text[] names of what the source's plan reads;
-- $5 schema and $6 name of the source itself, NULL of a query
WITH relation AS (
    SELECT c.oid, n.nspname, c.relname, coalesce(pg_catalog.pg_partition_root(c.oid)::oid, c.oid) AS root
      FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
)
SELECT EXISTS (
    SELECT FROM relation AS target
      JOIN relation AS source ON source.root = target.root
      JOIN (SELECT * FROM unnest($3::text[], $4::text[]) AS r (schema_name, name)
            UNION ALL SELECT $5::text, $6::text) AS wanted
        ON wanted.schema_name = source.nspname AND wanted.name = source.relname
     WHERE target.nspname = $1 AND target.relname = $2)
