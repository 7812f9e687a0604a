-- Which of the schemas $1 (text[]) does the database lack?
-- Result: nspname
SELECT w.name
  FROM pg_catalog.unnest($1::pg_catalog.text[]) AS w (name)
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname::pg_catalog.text OPERATOR(pg_catalog.=) w.name)
