-- summary: Commission amounts that are not price times percentage
-- severity: warning
-- advice: Correct the price, the percentage or the amount; a penny of rounding is allowed.
-- Airtable shows 0.00 for editions that are not sold yet: no mismatch.
SELECT e.airtable_id, e.edition_display_name, e.retail_price, e.commission_percentage, e.commission_amount,
       round(e.retail_price * e.commission_percentage / 100, 2) AS expected
  FROM public.editions e
 WHERE e.is_active AND (e.is_sold OR e.commission_amount <> 0)
   AND abs(e.commission_amount - e.retail_price * e.commission_percentage / 100) > 0.01
 ORDER BY e.edition_display_name, e.id
