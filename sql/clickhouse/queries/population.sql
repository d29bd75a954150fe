-- Return how many people were in each activity, hour by hour.
select hour, activity_id, player_count
from player_population_by_hour(since = {since:DateTime('UTC')}, until = {until:DateTime('UTC')})
order by hour, activity_id
settings date_time_output_format = 'iso'
