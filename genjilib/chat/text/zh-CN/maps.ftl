# 地图：搜索与攻略。

map-search = 地图
map-category = 类别
map-tags = 标签
map-rating = 评分
map-your-time = 您的用时
map-linked = 关联代码
map-playtest = 试玩

guide-list = { $code } 的攻略
guide-confirm = 为 { $code } 添加此攻略？{ $url }
guide-added = 您的 { $code } 攻略已添加。

error-guide-not-found = 此地图没有这个攻略。
error-guide-exists = 您已为此地图提交过攻略。
