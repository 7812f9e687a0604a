-- summary: Editions that are settled but not sold
-- severity: error
-- advice: Tick Sold if the money came in, else clear Settled.
SELECT e.airtable_id, e.edition_display_name, e.date_sold
  FROM public.editions e
 WHERE e.is_active AND e.is_settled AND e.is_sold IS NOT TRUE
 ORDER BY e.edition_display_name, e.id
