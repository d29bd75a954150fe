-- Where the pictures of badges are.
-- migrate:up
-- A mastery shows the level that the user has by now; types without pictures give null.
create function rank_card.badge_path(owner_id bigint, type text, name text) returns text
language sql stable parallel safe
return case
    when type = 'spray' then lootbox.picture_path(type, name)
    when type = 'mastery' then lootbox.mastery_path(
        name,
        coalesce(
            (select y.medal from maps.mastery as y where y.user_id = owner_id and y.map_name = name), 'Placeholder'
        )
    )
end;

-- migrate:down
drop function rank_card.badge_path(bigint, text, text);
