# 段位卡。

rank-card-title = { $name } 的段位卡
