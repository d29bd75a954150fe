-- Let nobody store until the transaction ends; whoever does wait for it before they hold a player.
-- returns: none
-- writes: core.player
lock table core.player in exclusive mode
