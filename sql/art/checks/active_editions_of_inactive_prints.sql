-- summary: Editions in use although their print was deactivated
-- severity: error
-- advice: Activate the print again, or deactivate its editions too.
SELECT e.airtable_id, e.edition_display_name, p.airtable_id AS print, p.name AS print_name
  FROM public.editions e
  JOIN public.prints p ON p.id = e.print_id
 WHERE e.is_active AND p.is_active IS NOT TRUE
 ORDER BY p.name, e.edition_number, e.id
