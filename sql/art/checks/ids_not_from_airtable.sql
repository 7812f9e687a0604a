-- summary: Rows whose id is not Airtable's: derived from the name, or made by the database
-- severity: warning
-- advice: Nothing to do for rows made here; else export with the record id, and the next sync adopts them.
WITH ids AS (
    SELECT airtable_id, name, 'prints' AS table_name FROM public.prints
    UNION ALL
    SELECT airtable_id, name, 'distributors' FROM public.distributors
    UNION ALL
    SELECT airtable_id, edition_display_name, 'editions' FROM public.editions
)
SELECT airtable_id, name, table_name
  FROM ids
 WHERE airtable_id ~ '^(key|app)_[0-9a-f]{16}$'
 ORDER BY table_name, name, airtable_id
