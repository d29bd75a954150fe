# XP and its tiers.

xp-title = XP
xp-gained = { $name } gained { $amount } XP ({ $kind }) and has { $total } now.
xp-tier = New tier: { $tier }
xp-prestige = New prestige: { $level }

xp-given = { $name } got { $amount } XP and has { $total } now.
