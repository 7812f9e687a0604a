-- Yardstick L: rows that need no cleaning, straight into the constrained tables. psql runs it in the folder of the data.
\set ON_ERROR_STOP on
BEGIN;
\copy prints (id, airtable_id, name, description, total_editions, web_link, notes, image_urls) FROM 'prints.copy'
\copy distributors (id, airtable_id, name, commission_percentage, notes, contact_number, web_address, net_revenue, distributor_revenue, retail_amount_sold, net_revenue_unpaid, net_revenue_unpaid_by_invoice_month, last_update_date) FROM 'distributors.copy'
\copy editions (id, airtable_id, print_id, distributor_id, edition_number, edition_display_name, size, frame_type, variation, is_printed, is_sold, is_settled, is_stock_checked, to_check_in_detail, retail_price, date_sold, invoice_amount, commission_percentage, commission_amount, date_in_gallery, weeks_in_gallery, notes, payment_note, month_sold, year_sold) FROM 'editions.copy'
COMMIT;
