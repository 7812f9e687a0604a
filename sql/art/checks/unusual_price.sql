-- summary: Retail prices under 10 or over 1000
-- severity: warning
-- advice: Look for a slipped decimal point; if the price is right there is nothing to do.
SELECT e.airtable_id, e.edition_display_name, e.retail_price
  FROM public.editions e
 WHERE e.is_active AND e.retail_price >= 0 AND (e.retail_price < 10 OR e.retail_price > 1000)
 ORDER BY e.retail_price DESC, e.id
