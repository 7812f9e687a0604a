-- summary: Listings that are for sale although none is left
-- severity: error
-- advice: Take the listing down or correct the quantity.
SELECT l.listing_id, l.artist || ' - ' || l.title AS name, l.quantity
  FROM public.listings l
 WHERE l.is_active AND l.status = 'For Sale' AND l.quantity = 0
 ORDER BY l.listing_id
