# 经验与段位。

xp-title = 经验
xp-gained = { $name } 获得了 { $amount } 经验（{ $kind }），现有 { $total }。
xp-tier = 新段位：{ $tier }
xp-prestige = 新声望：{ $level }

xp-given = { $name } 获得了 { $amount } 经验，现有 { $total }。
