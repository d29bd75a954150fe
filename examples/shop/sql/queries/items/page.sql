-- List items, with some name, or as many of them as there are in stock at least.
-- order: newest = added_at desc, id
-- order: name = name, id
-- row: Item
select id, sku, name, stock, weight, on_sale, added_at, note
from shop.items
where true
  /*[ and name like :pattern ]*/
  /*[ and stock >= :at_least ]*/
order by added_at desc, id /*order*/
limit :size
