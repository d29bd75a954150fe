# 试玩与相关地图。

playtest-title = { $code } 的试玩
playtest-closed = 试玩已结束
playtest-accepted = 地图已通过，难度为 { $difficulty }。

map-code = 代码
map-name = 地图
map-difficulty = 难度
map-creators = 作者
map-checkpoints = 检查点
map-mechanics = 机制
map-restrictions = 限制
map-medals = 金 / 银 / 铜
map-description = 描述
