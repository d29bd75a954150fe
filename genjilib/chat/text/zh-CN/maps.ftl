# 地图：搜索与攻略。

map-search = 地图
map-category = 类别
map-tags = 标签
map-rating = 评分
map-your-time = 您的用时
map-linked = 关联代码
map-playtest = 试玩
map-details = { $code } 的详情
map-submitted = { $code } 已提交，试玩即将开始。
map-changed = { $code } 已更改。
map-again = 重新试玩，现有成绩将成为旧版成绩。
map-creators-confirm = { $code } 的作者是 { $names }？
map-link = 关联 { $official } 与 { $unofficial }？
map-link-done = 代码已关联。
map-unlink = 取消 { $official } 与 { $unofficial } 的关联？
map-unlink-done = 代码已取消关联。
guide-remove = 移除 { $name } 为 { $code } 提交的攻略？
map-title = 标题
map-edit-collect = { $code } 的更改
map-edit-nothing = 尚未更改任何内容。
map-edit-facts = 基本信息
map-edit-contents = 内容
map-edit-texts = 文字
map-edit-done = 完成

guide-list = { $code } 的攻略
guide-confirm = 为 { $code } 添加此攻略？{ $url }
guide-added = 您的 { $code } 攻略已添加。

error-guide-not-found = 此地图没有这个攻略。
error-guide-exists = 您已为此地图提交过攻略。
error-already-in-playtest = 此地图已在试玩中。
error-map-code-exists = 已有地图使用此代码。
error-medal-order = 奖牌用时必须按金、银、铜递增。
error-medals-incomplete = 三个奖牌必须全部填写，或全部留空。
error-nothing-to-change = 没有需要更改的内容。
error-checkpoints-unreadable = 检查点数量必须是数字。
