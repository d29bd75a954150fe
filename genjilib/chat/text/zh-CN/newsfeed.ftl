# 动态消息。

news-record = { $code } 的新纪录
news-new-map = 新地图 { $code }
news-archive = { $code } 已归档
news-unarchive = { $code } 已取消归档
news-bulk-archive = 多张地图已归档
news-bulk-unarchive = 多张地图已取消归档
news-guide = { $code } 的攻略
news-legacy = { $code } 的成绩已转为旧版
news-legacy-count = { $count } 个成绩已转为旧版。
news-map-edit = { $code } 已修改
news-yes = 是
news-no = 否
news-role = 新身份组
news-linked = 两个代码已关联
news-unlinked = 两个代码已取消关联
news-announcement = 公告
