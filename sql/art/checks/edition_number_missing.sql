-- summary: Editions without a number, or with number zero or below
-- severity: warning
-- advice: Number the edition; a display name that ends in " - 12" is enough.
SELECT e.airtable_id, e.edition_display_name, e.edition_number
  FROM public.editions e
 WHERE e.is_active AND (e.edition_number IS NULL OR e.edition_number <= 0)
 ORDER BY e.edition_display_name, e.id
