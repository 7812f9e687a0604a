-- summary: Distributors whose totals differ from the sum of their sold editions
-- severity: warning
-- advice: Rejected editions or rows edited since the export explain it; else look at the formula in Airtable.
WITH sums AS (
    SELECT e.distributor_id, count(*) AS sold,
           coalesce(sum(e.retail_price), 0) AS retail,
           coalesce(sum(e.commission_amount), 0) AS commission,
           coalesce(sum(e.invoice_amount), 0) AS net,
           coalesce(sum(e.invoice_amount) FILTER (WHERE e.is_settled IS NOT TRUE), 0) AS unpaid
      FROM public.editions e
     WHERE e.is_active AND e.is_sold
     GROUP BY e.distributor_id
), compared AS (
    SELECT d.airtable_id, d.name, t.total, t.stated, t.computed, coalesce(s.sold, 0) AS sold
      FROM public.distributors d
      LEFT JOIN sums s ON s.distributor_id = d.id
     CROSS JOIN LATERAL (VALUES
           ('retail_amount_sold', d.retail_amount_sold, coalesce(s.retail, 0)),
           ('distributor_revenue', d.distributor_revenue, coalesce(s.commission, 0)),
           ('net_revenue', d.net_revenue, coalesce(s.net, 0)),
           ('net_revenue_unpaid', d.net_revenue_unpaid, coalesce(s.unpaid, 0))) AS t (total, stated, computed)
     WHERE d.is_active
)
-- a penny of rounding for each edition is allowed
SELECT airtable_id, name, total, stated, computed, sold AS editions_sold
  FROM compared
 WHERE abs(stated - computed) > 0.01 * greatest(sold, 1)
 ORDER BY name, total
