-- summary: Prints with more editions than Total Editions says
-- severity: warning
-- advice: Raise Total Editions, or deactivate the editions that do not exist.
SELECT p.airtable_id, p.name, p.total_editions, count(*) AS editions
  FROM public.prints p
  JOIN public.editions e ON e.print_id = p.id AND e.is_active
 WHERE p.is_active
 GROUP BY p.id
HAVING count(*) > p.total_editions
 ORDER BY p.name
