-- Let nobody ask a host from an address for some seconds: it said so.
-- returns: none
-- writes: crawl.permits
update crawl.permits as p
set free_at = greatest(p.free_at, clock_timestamp() + :seconds::float8 * interval '1 second')
where p.host = :host
  and p.address = :address
