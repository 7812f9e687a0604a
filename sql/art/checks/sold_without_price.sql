-- summary: Sold editions without a price
-- severity: warning
-- advice: Enter the retail price; without it the sale counts as nothing.
SELECT e.airtable_id, e.edition_display_name, e.date_sold, e.retail_price
  FROM public.editions e
 WHERE e.is_active AND e.is_sold AND (e.retail_price IS NULL OR e.retail_price = 0)
 ORDER BY e.edition_display_name, e.id
