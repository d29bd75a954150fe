# 试玩与相关地图。

playtest-title = { $code } 的试玩
playtest-closed = 试玩已结束
playtest-accepted = 地图已通过，难度为 { $difficulty }。
playtest-approved = 地图已通过，难度为投票的平均值 { $difficulty }。
playtest-denied = 地图未通过。
playtest-opened = { $creator } 您的地图现可在此试玩。
playtest-voted = { $name } 投票：{ $difficulty }。
playtest-unvoted = { $name } 撤回了投票。
playtest-enough = { $creator } 地图已获得所需票数：{ $count }。
playtest-vote = 投票
playtest-unvote = 撤回投票
playtest-ballot = 这张地图有多难？
playtest-vote-kept = 您的投票：{ $difficulty }。
playtest-vote-gone = 您的投票已撤回。
playtest-reset = 试玩重新开始。
playtest-reset-votes = 所有投票已清除。
playtest-reset-runs = 试玩开始以来的所有成绩已清除。

map-code = 代码
map-name = 地图
map-difficulty = 难度
map-creators = 作者
map-checkpoints = 检查点
map-mechanics = 机制
map-restrictions = 限制
map-medals = 金 / 银 / 铜
map-votes = 投票
map-description = 描述

error-no-verified-run = 只有拥有此地图已通过成绩的玩家才能投票。
error-own-map = 作者不能为自己的地图投票。
error-playtest-over = 此试玩已结束。
error-vote-not-found = 您尚未在此投票。
