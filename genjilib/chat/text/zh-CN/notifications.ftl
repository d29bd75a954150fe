# 玩家希望收到哪些通知。

settings-title = 您的设置
settings-choose = 选择您希望收到的通知
settings-names = 守望先锋用户名
settings-name = 用户名 { $number }
setting-verification = 成绩审核后私信通知
setting-skill-role = 技术段位变化时私信通知
setting-lootbox = 获得补给箱时私信通知
setting-record-removal = 纪录被移除时私信通知
setting-playtest = 地图测试有进展时私信通知
setting-auto-verify = 截图无法识别时私信通知
setting-xp = 获得经验时提及我
setting-mastery = 获得精通时提及我
setting-rank = 段位提升时提及我

error-duplicate-username = 同一个用户名出现了两次。
