-- summary: Editions that came to the gallery after they were sold
-- severity: warning
-- advice: Correct Date in Gallery or Date Sold; day and month may have been swapped.
SELECT e.airtable_id, e.edition_display_name, e.date_in_gallery, e.date_sold
  FROM public.editions e
 WHERE e.is_active AND e.date_in_gallery > e.date_sold
 ORDER BY e.edition_display_name, e.id
