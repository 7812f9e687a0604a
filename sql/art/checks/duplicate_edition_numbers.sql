-- summary: Two editions of one print with the same number
-- severity: error
-- advice: Correct the number of one of them, or deactivate the one that does not exist.
WITH counted AS (
    SELECT e.*, count(*) OVER (PARTITION BY e.print_id, e.edition_number) AS times
      FROM public.editions e
     WHERE e.is_active AND e.edition_number IS NOT NULL
)
SELECT airtable_id, edition_display_name, edition_number, print_id
  FROM counted
 WHERE times > 1
 ORDER BY print_id, edition_number, id
