-- summary: Retail prices below zero
-- severity: error
-- advice: Correct the price.
SELECT e.airtable_id, e.edition_display_name, e.retail_price
  FROM public.editions e
 WHERE e.is_active AND e.retail_price < 0
 ORDER BY e.edition_display_name, e.id
