-- Tell whether a map has this code.
-- returns: scalar
select exists(select from core.maps where code = :code) as exists
