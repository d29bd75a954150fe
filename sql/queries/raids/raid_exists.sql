-- Tell whether there is an activity of this path.
-- returns: value
select exists (select from definitions.activity_definition as a where a.path = :raid) as known
