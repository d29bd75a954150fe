-- Take permissions to ask a host from an address, in one line with all other processes.
-- ``span`` is how many seconds they last at the permitted rate; of what was not used, ``saved`` seconds are left.
-- Returns the seconds until the first may be used, below 0 where that was possible before.
-- returns: value
-- writes: crawl.permits
insert into crawl.permits as p (host, address, free_at)
values (:host, :address, clock_timestamp() + (:span::float8 - :saved::float8) * interval '1 second')
on conflict (host, address) do update
set free_at = greatest(p.free_at, clock_timestamp() - :saved::float8 * interval '1 second')
    + :span::float8 * interval '1 second'
returning extract(epoch from p.free_at - clock_timestamp())::float8 - :span::float8 as wait
