-- summary: Sold editions without a date of sale
-- severity: error
-- advice: Enter Date Sold; without it the sale is missing from every monthly figure.
SELECT e.airtable_id, e.edition_display_name, e.retail_price
  FROM public.editions e
 WHERE e.is_active AND e.is_sold AND e.date_sold IS NULL
 ORDER BY e.edition_display_name, e.id
