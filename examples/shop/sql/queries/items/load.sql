-- Add many new items.
-- returns: copy
-- writes: shop.items
insert into shop.items (id, name, stock, weight, note) values (:id, :name, :stock, :weight, :note)
