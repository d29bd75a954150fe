-- Export all items as CSV.
-- returns: copy
select id, sku, name, stock, note from shop.items order by id
