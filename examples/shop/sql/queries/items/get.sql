-- Return an item; nothing when there is none.
select id, sku, name, stock, weight, on_sale, added_at, note
from shop.items
where id = :id
