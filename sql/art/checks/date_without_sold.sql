-- summary: Editions with a date of sale that are not marked as sold
-- severity: warning
-- advice: Tick Sold, or clear Date Sold.
SELECT e.airtable_id, e.edition_display_name, e.date_sold
  FROM public.editions e
 WHERE e.is_active AND e.date_sold IS NOT NULL AND e.is_sold IS NOT TRUE
 ORDER BY e.edition_display_name, e.id
