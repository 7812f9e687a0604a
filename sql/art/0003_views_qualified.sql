-- The same views, with every function and operator named by its schema: what they call cannot depend on what else the
-- schema public held when they were made.

CREATE OR REPLACE VIEW public.sales_by_month AS
SELECT pg_catalog.date_trunc('month', e.date_sold)::pg_catalog.date AS month,
       pg_catalog.count(*) AS editions_sold,
       pg_catalog.count(*) FILTER (WHERE e.is_settled) AS editions_settled,
       pg_catalog.sum(e.retail_price) AS retail_amount,
       pg_catalog.sum(e.commission_amount) AS commission_amount,
       pg_catalog.sum(e.invoice_amount) AS invoice_amount,
       pg_catalog.sum(e.invoice_amount) FILTER (WHERE e.is_settled IS NOT TRUE) AS invoice_amount_unsettled
  FROM public.editions e
 WHERE e.is_active AND e.is_sold AND e.date_sold IS NOT NULL
 GROUP BY 1;

CREATE OR REPLACE VIEW public.stock_by_distributor AS
SELECT d.id AS distributor_id,
       coalesce(d.name, '(no distributor)') AS distributor,
       p.id AS print_id,
       p.name AS print,
       pg_catalog.count(*) AS editions,
       pg_catalog.sum(e.retail_price) AS retail_value,
       pg_catalog.min(e.date_in_gallery) AS oldest_since
  FROM public.editions e
  JOIN public.prints p ON p.id OPERATOR(pg_catalog.=) e.print_id
  LEFT JOIN public.distributors d ON d.id OPERATOR(pg_catalog.=) e.distributor_id
 WHERE e.is_active AND e.is_printed AND e.is_sold IS NOT TRUE
 GROUP BY d.id, d.name, p.id, p.name;

CREATE OR REPLACE VIEW public.unsold_by_print AS
SELECT p.id AS print_id,
       p.name AS print,
       p.total_editions AS total_editions,
       pg_catalog.count(e.id) AS editions,
       pg_catalog.count(e.id) FILTER (WHERE e.is_sold) AS sold,
       pg_catalog.count(e.id) FILTER (WHERE e.is_sold IS NOT TRUE) AS unsold,
       pg_catalog.count(e.id) FILTER (WHERE e.is_sold IS NOT TRUE AND e.is_printed) AS unsold_printed,
       pg_catalog.sum(e.retail_price) FILTER (WHERE e.is_sold IS NOT TRUE) AS unsold_retail_value
  FROM public.prints p
  LEFT JOIN public.editions e ON e.print_id OPERATOR(pg_catalog.=) p.id AND e.is_active
 WHERE p.is_active
 GROUP BY p.id, p.name, p.total_editions;
