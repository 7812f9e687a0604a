-- summary: Edition numbers above the number of editions of their print
-- severity: error
-- advice: Correct the number, or raise Total Editions of the print.
SELECT e.airtable_id, e.edition_display_name, e.edition_number, p.total_editions
  FROM public.editions e
  JOIN public.prints p ON p.id = e.print_id
 WHERE e.is_active AND e.edition_number > p.total_editions
 ORDER BY p.name, e.edition_number, e.id
