-- Go through all items, a few at a time.
-- returns: stream
select id, name, stock from shop.items order by id
