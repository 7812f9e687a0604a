-- Yardstick E: what an expert writes by hand. psql runs it in the folder of the export, in one transaction.
-- Text tables, ANALYZE, one INSERT ... SELECT per table; rows that are the same are left alone.
\set ON_ERROR_STOP on
BEGIN;

CREATE TEMP TABLE p (name text, image text, description text, total text, link text, editions text, notes text, id text)
    ON COMMIT DROP;
\copy p FROM 'Prints-Grid view.csv' (FORMAT csv, HEADER)
CREATE TEMP TABLE d (name text, image text, commission text, notes text, prints text, prints_copy text, phone text,
    web text, net text, share text, retail text, unpaid text, unpaid_month text, date text, id text) ON COMMIT DROP;
\copy d FROM 'Distributors-Grid view.csv' (FORMAT csv, HEADER)
CREATE TEMP TABLE e (display text, print text, number text, printed text, size text, frame text, distributor text,
    sold text, price text, date_sold text, settled text, notes text, variation text, in_gallery text, checked text,
    detail text, commission text, invoice text, amount text, payment text, month text, year text, weeks text,
    display_copy text, print_copy text, id text, print_id text, distributor_id text) ON COMMIT DROP;
\copy e FROM 'Editions-All Records.csv' (FORMAT csv, HEADER)
ANALYZE p;
ANALYZE d;
ANALYZE e;

INSERT INTO prints AS t (airtable_id, name, description, total_editions, web_link, notes)
SELECT id, trim(name), description, total::integer, link, notes
FROM p
ON CONFLICT (airtable_id) DO UPDATE
SET name = excluded.name, description = excluded.description, total_editions = excluded.total_editions,
    web_link = excluded.web_link, notes = excluded.notes
WHERE (t.name, t.description, t.total_editions, t.web_link, t.notes) IS DISTINCT FROM
      (excluded.name, excluded.description, excluded.total_editions, excluded.web_link, excluded.notes);

INSERT INTO distributors AS t (airtable_id, name, commission_percentage, notes, contact_number, web_address, net_revenue,
    distributor_revenue, retail_amount_sold, net_revenue_unpaid, net_revenue_unpaid_by_invoice_month, last_update_date)
SELECT id, trim(name), replace(commission, '%', '')::numeric, notes, phone, web, replace(net, '£', '')::numeric,
       replace(share, '£', '')::numeric, replace(retail, '£', '')::numeric, replace(unpaid, '£', '')::numeric,
       replace(unpaid_month, '£', '')::numeric, to_date(date, 'Month DD, YYYY')
FROM d
ON CONFLICT (airtable_id) DO UPDATE
SET name = excluded.name, commission_percentage = excluded.commission_percentage, notes = excluded.notes,
    contact_number = excluded.contact_number, web_address = excluded.web_address, net_revenue = excluded.net_revenue,
    distributor_revenue = excluded.distributor_revenue, retail_amount_sold = excluded.retail_amount_sold,
    net_revenue_unpaid = excluded.net_revenue_unpaid,
    net_revenue_unpaid_by_invoice_month = excluded.net_revenue_unpaid_by_invoice_month,
    last_update_date = excluded.last_update_date
WHERE (t.name, t.commission_percentage, t.notes, t.contact_number, t.web_address, t.net_revenue, t.distributor_revenue,
       t.retail_amount_sold, t.net_revenue_unpaid, t.net_revenue_unpaid_by_invoice_month, t.last_update_date)
      IS DISTINCT FROM
      (excluded.name, excluded.commission_percentage, excluded.notes, excluded.contact_number, excluded.web_address,
       excluded.net_revenue, excluded.distributor_revenue, excluded.retail_amount_sold, excluded.net_revenue_unpaid,
       excluded.net_revenue_unpaid_by_invoice_month, excluded.last_update_date);

INSERT INTO editions AS t (airtable_id, print_id, distributor_id, edition_number, edition_display_name, size, frame_type,
    variation, is_printed, is_sold, is_settled, is_stock_checked, to_check_in_detail, retail_price, date_sold,
    invoice_amount, commission_percentage, commission_amount, date_in_gallery, weeks_in_gallery, notes, payment_note,
    month_sold, year_sold)
SELECT e.id, prints.id, distributors.id, e.number::integer, trim(e.display), nullif(e.size, 'Unknown'),
       CASE WHEN e.frame IN ('Ikea', 'B&Q') THEN 'Framed' WHEN e.frame IN ('Unknown Frame', 'None') THEN NULL
            ELSE e.frame END,
       e.variation, e.printed IS NOT NULL, e.sold IS NOT NULL, e.settled IS NOT NULL, e.checked IS NOT NULL,
       e.detail IS NOT NULL, replace(e.price, '£', '')::numeric, to_date(e.date_sold, 'MM/DD/YYYY'),
       replace(e.invoice, '£', '')::numeric, replace(e.commission, '%', '')::numeric, replace(e.amount, '£', '')::numeric,
       to_date(e.in_gallery, 'MM/DD/YYYY'), nullif(e.weeks, 'NaN')::integer, trim(e.notes), e.payment,
       nullif(e.month, '#ERROR!'), nullif(e.year, '#ERROR!')::integer
FROM e
JOIN prints ON prints.airtable_id = e.print_id
LEFT JOIN distributors ON distributors.airtable_id = e.distributor_id
ON CONFLICT (airtable_id) DO UPDATE
SET print_id = excluded.print_id, distributor_id = excluded.distributor_id, edition_number = excluded.edition_number,
    edition_display_name = excluded.edition_display_name, size = excluded.size, frame_type = excluded.frame_type,
    variation = excluded.variation, is_printed = excluded.is_printed, is_sold = excluded.is_sold,
    is_settled = excluded.is_settled, is_stock_checked = excluded.is_stock_checked,
    to_check_in_detail = excluded.to_check_in_detail, retail_price = excluded.retail_price,
    date_sold = excluded.date_sold, invoice_amount = excluded.invoice_amount,
    commission_percentage = excluded.commission_percentage, commission_amount = excluded.commission_amount,
    date_in_gallery = excluded.date_in_gallery, weeks_in_gallery = excluded.weeks_in_gallery, notes = excluded.notes,
    payment_note = excluded.payment_note, month_sold = excluded.month_sold, year_sold = excluded.year_sold
WHERE (t.print_id, t.distributor_id, t.edition_number, t.edition_display_name, t.size, t.frame_type, t.variation,
       t.is_printed, t.is_sold, t.is_settled, t.is_stock_checked, t.to_check_in_detail, t.retail_price, t.date_sold,
       t.invoice_amount, t.commission_percentage, t.commission_amount, t.date_in_gallery, t.weeks_in_gallery, t.notes,
       t.payment_note, t.month_sold, t.year_sold) IS DISTINCT FROM
      (excluded.print_id, excluded.distributor_id, excluded.edition_number, excluded.edition_display_name, excluded.size,
       excluded.frame_type, excluded.variation, excluded.is_printed, excluded.is_sold, excluded.is_settled,
       excluded.is_stock_checked, excluded.to_check_in_detail, excluded.retail_price, excluded.date_sold,
       excluded.invoice_amount, excluded.commission_percentage, excluded.commission_amount, excluded.date_in_gallery,
       excluded.weeks_in_gallery, excluded.notes, excluded.payment_note, excluded.month_sold, excluded.year_sold);
COMMIT;
