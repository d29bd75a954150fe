# 地图更改请求。

change-form = { $code } 的更改请求
change-kind = 更改类型
change-text = 需要更改什么？
change-difficulty = 难度更改
change-geometry = 地图结构
change-edit = 需要修改地图信息
change-framework = 框架或工坊
change-other = 其他
change-made = 您的请求已有子区：{ $thread }
change-open = { $code } 有 { $count } 个未处理的请求
change-another = 提出其他请求
change-by = 请求者
change-confirm = 已更改
change-deny = 不会更改
change-ask-archive = 改为归档地图
change-close = 关闭（管理团队）
change-closed = 请求已关闭。
change-confirmed = 已完成更改。
change-denied = 不会进行更改。
change-archive = 请归档此地图。
change-answered = 已通知管理团队。
change-stale = { $called } 此请求已两周未处理。

error-change-empty = 请说明需要更改什么。
error-change-not-found = 没有这个请求。
error-change-over = 此请求已关闭。
