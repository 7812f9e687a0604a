-- summary: Dates that have not come yet
-- severity: error
-- advice: Correct the date; day and month may have been swapped.
WITH dated AS (
    SELECT airtable_id, edition_display_name AS name, 'date_sold' AS column_name, date_sold AS day
      FROM public.editions WHERE is_active
    UNION ALL
    SELECT airtable_id, edition_display_name, 'date_in_gallery', date_in_gallery FROM public.editions WHERE is_active
    UNION ALL
    SELECT airtable_id, name, 'last_update_date', last_update_date FROM public.distributors WHERE is_active
)
SELECT airtable_id, name, column_name, day
  FROM dated
 WHERE day > current_date
 ORDER BY name, airtable_id, column_name
