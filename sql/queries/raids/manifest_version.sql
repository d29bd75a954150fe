-- Tell which manifest the definitions were read from; nothing before the first.
-- returns: scalar
select m.version
from definitions.manifest as m
