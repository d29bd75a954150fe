-- Return the database's time, microseconds since 1970.
-- returns: value
select (extract(epoch from clock_timestamp()) * 1000000)::bigint as moment
