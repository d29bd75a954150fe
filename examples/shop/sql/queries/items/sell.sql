-- Take pieces of an item out of stock; a check of the table refuses more than there are.
-- writes: shop.items
update shop.items set stock = stock - :pieces where id = :id
