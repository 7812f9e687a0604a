-- summary: Commissions below 0% or above 100%
-- severity: error
-- advice: Correct the percentage: 40 represents 40%.
WITH rates AS (
    SELECT airtable_id, name, 'distributors' AS table_name, commission_percentage
      FROM public.distributors WHERE is_active
    UNION ALL
    SELECT airtable_id, edition_display_name, 'editions', commission_percentage FROM public.editions WHERE is_active
)
SELECT airtable_id, name, table_name, commission_percentage
  FROM rates
 WHERE commission_percentage < 0 OR commission_percentage > 100
 ORDER BY table_name, name, airtable_id
