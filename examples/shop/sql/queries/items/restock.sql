-- Add items, or set the stock of those that are there.
-- returns: batch
-- writes: shop.items
insert into shop.items (id, name, stock, weight)
values (:id, :name, :stock, :weight)
on conflict (id) do update set stock = excluded.stock
