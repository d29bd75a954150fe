-- Make the judged runs of a map legacy, each with the medal it had, and take the map's medals away.
-- returns: one
-- writes: core.completions, maps.medals
with medals as (
  delete from maps.medals
  where map_id = :map_id
  returning gold, silver, bronze
),
runs as (
  update core.completions as c
  set
    legacy = true,
    legacy_medal = case
      when c.verified and not c.completion
        then (select maps.medal(c.time, d.gold, d.silver, d.bronze) from medals as d)
    end
  where c.map_id = :map_id
    and not coalesce(c.legacy, false)
    and (c.verified or c.verified_by is not null)
  returning c.id
)
select
  (select count(*) from runs) as runs,
  exists(select from medals) as had_medals
