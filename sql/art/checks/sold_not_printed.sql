-- summary: Sold editions that are not marked as printed
-- severity: warning
-- advice: Tick Printed, or print what the buyer is waiting for.
SELECT e.airtable_id, e.edition_display_name, e.date_sold
  FROM public.editions e
 WHERE e.is_active AND e.is_sold AND e.is_printed IS NOT TRUE
 ORDER BY e.edition_display_name, e.id
