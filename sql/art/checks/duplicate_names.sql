-- summary: Prints or distributors with the same name, capitals and spaces aside
-- severity: error
-- advice: Rename one of them, or merge them: links by name cannot tell them apart.
WITH named AS (
    SELECT 'prints' AS table_name, airtable_id, name FROM public.prints WHERE is_active
    UNION ALL
    SELECT 'distributors', airtable_id, name FROM public.distributors WHERE is_active
), counted AS (
    SELECT n.*, lower(regexp_replace(n.name, '\s+', '', 'g')) AS plain,
           count(*) OVER (PARTITION BY n.table_name, lower(regexp_replace(n.name, '\s+', '', 'g'))) AS times
      FROM named n
)
SELECT airtable_id, name, table_name
  FROM counted
 WHERE times > 1
 ORDER BY table_name, plain, name, airtable_id
