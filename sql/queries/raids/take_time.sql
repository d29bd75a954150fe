-- Let the statements of this transaction take as long as they need.
-- returns: value
select set_config('statement_timeout', '0', true)
