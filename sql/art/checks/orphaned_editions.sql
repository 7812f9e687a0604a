-- summary: Editions whose print or distributor does not exist
-- severity: error
-- advice: Give each edition its print again in Airtable and sync, or correct print_id and distributor_id.
SELECT e.airtable_id, e.edition_display_name, e.print_id, e.distributor_id
  FROM public.editions e
  LEFT JOIN public.prints p ON p.id = e.print_id
  LEFT JOIN public.distributors d ON d.id = e.distributor_id
 WHERE p.id IS NULL OR (e.distributor_id IS NOT NULL AND d.id IS NULL)
 ORDER BY e.edition_display_name, e.id
