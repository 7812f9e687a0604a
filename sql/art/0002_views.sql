-- Three views that answer everyday questions. Deactivated rows do not count.

CREATE VIEW public.sales_by_month AS
SELECT date_trunc('month', e.date_sold)::date         AS month,
       count(*)                                       AS editions_sold,
       count(*) FILTER (WHERE e.is_settled)           AS editions_settled,
       sum(e.retail_price)                            AS retail_amount,
       sum(e.commission_amount)                       AS commission_amount,
       sum(e.invoice_amount)                          AS invoice_amount,
       sum(e.invoice_amount) FILTER (WHERE e.is_settled IS NOT TRUE) AS invoice_amount_unsettled
  FROM public.editions e
 WHERE e.is_active AND e.is_sold AND e.date_sold IS NOT NULL
 GROUP BY 1;

COMMENT ON VIEW public.sales_by_month IS 'Sold editions per month of sale; sales without a date are left out.';
COMMENT ON COLUMN public.sales_by_month.month IS 'First day of the month.';
COMMENT ON COLUMN public.sales_by_month.editions_sold IS 'Editions sold in it.';
COMMENT ON COLUMN public.sales_by_month.editions_settled IS 'Those of them that are paid.';
COMMENT ON COLUMN public.sales_by_month.retail_amount IS 'Sum of their retail prices.';
COMMENT ON COLUMN public.sales_by_month.commission_amount IS 'Sum of their commissions.';
COMMENT ON COLUMN public.sales_by_month.invoice_amount IS 'Sum of their invoice amounts.';
COMMENT ON COLUMN public.sales_by_month.invoice_amount_unsettled IS 'The part of it that is not paid yet.';

CREATE VIEW public.stock_by_distributor AS
SELECT d.id                                           AS distributor_id,
       coalesce(d.name, '(no distributor)')           AS distributor,
       p.id                                           AS print_id,
       p.name                                         AS print,
       count(*)                                       AS editions,
       sum(e.retail_price)                            AS retail_value,
       min(e.date_in_gallery)                         AS oldest_since
  FROM public.editions e
  JOIN public.prints p ON p.id = e.print_id
  LEFT JOIN public.distributors d ON d.id = e.distributor_id
 WHERE e.is_active AND e.is_printed AND e.is_sold IS NOT TRUE
 GROUP BY d.id, d.name, p.id, p.name;

COMMENT ON VIEW public.stock_by_distributor IS 'Printed, unsold editions: who has how many of which print.';
COMMENT ON COLUMN public.stock_by_distributor.distributor_id IS 'The distributor; NULL: editions that nobody has.';
COMMENT ON COLUMN public.stock_by_distributor.distributor IS 'The distributor''s name.';
COMMENT ON COLUMN public.stock_by_distributor.print_id IS 'The print.';
COMMENT ON COLUMN public.stock_by_distributor.print IS 'The print''s name.';
COMMENT ON COLUMN public.stock_by_distributor.editions IS 'How many are there.';
COMMENT ON COLUMN public.stock_by_distributor.retail_value IS 'Sum of their retail prices.';
COMMENT ON COLUMN public.stock_by_distributor.oldest_since IS 'Since when the oldest of them has been there.';

CREATE VIEW public.unsold_by_print AS
SELECT p.id                                                               AS print_id,
       p.name                                                             AS print,
       p.total_editions                                                   AS total_editions,
       count(e.id)                                                        AS editions,
       count(e.id) FILTER (WHERE e.is_sold)                               AS sold,
       count(e.id) FILTER (WHERE e.is_sold IS NOT TRUE)                   AS unsold,
       count(e.id) FILTER (WHERE e.is_sold IS NOT TRUE AND e.is_printed)  AS unsold_printed,
       sum(e.retail_price) FILTER (WHERE e.is_sold IS NOT TRUE)           AS unsold_retail_value
  FROM public.prints p
  LEFT JOIN public.editions e ON e.print_id = p.id AND e.is_active
 WHERE p.is_active
 GROUP BY p.id, p.name, p.total_editions;

COMMENT ON VIEW public.unsold_by_print IS 'How much of each print is still to be sold.';
COMMENT ON COLUMN public.unsold_by_print.print_id IS 'The print.';
COMMENT ON COLUMN public.unsold_by_print.print IS 'The print''s name.';
COMMENT ON COLUMN public.unsold_by_print.total_editions IS 'How many editions will ever be made.';
COMMENT ON COLUMN public.unsold_by_print.editions IS 'Editions in the catalogue.';
COMMENT ON COLUMN public.unsold_by_print.sold IS 'Those that are sold.';
COMMENT ON COLUMN public.unsold_by_print.unsold IS 'Those that are not.';
COMMENT ON COLUMN public.unsold_by_print.unsold_printed IS 'The unsold ones that exist on paper.';
COMMENT ON COLUMN public.unsold_by_print.unsold_retail_value IS 'Sum of the retail prices of the unsold ones.';
