# Names and descriptions of commands and options; the English ones are in the code.

command-submit-completion = 提交记录
    .description = 提交一条通关记录等待审核
    .code = 地图代码
    .code-description = 地图的代码
    .time = 用时
    .time-description = 您的用时，例如 1:23.45
    .screenshot = 截图
    .screenshot-description = 显示代码和用时的截图
    .quality = 评分
    .quality-description = 地图质量如何？1 到 6 星
    .video = 视频
    .video-description = 完整过程的视频链接

command-completions = 排行榜
    .description = 查看一张地图的排行榜
    .code = 地图代码
    .code-description = 地图的代码

command-user-completions = 玩家成绩
    .description = 查看一位玩家的成绩
    .user = 玩家
    .user-description = 玩家的名字
    .difficulty = 难度
    .difficulty-description = 只看此难度的地图
    .archived = 归档
    .archived-description = 已归档的地图还是其他地图？

command-world-records = 世界纪录
    .description = 查看一位玩家的世界纪录
    .user = 玩家
    .user-description = 玩家的名字
    .archived = 归档
    .archived-description = 已归档的地图还是其他地图？

command-view-flagged-submissions = 查看标记
    .description = 查看一位玩家成绩上的标记
    .user = 玩家
    .user-description = 玩家的名字

command-mark-suspicious = 标记为可疑

command-repair-view = 修复消息

command-mod = 管理
    .description = 只有管理团队可以使用

command-mod-edit-record = 修改成绩
    .description = 更正成绩

command-mod-edit-record-manage = 处理
    .description = 更正成绩的用时、审核结果或标记
    .code = 地图代码
    .code-description = 只看这张地图的成绩
    .user = 玩家
    .user-description = 只看这位玩家的成绩
    .verification-status = 审核状态
    .verification-status-description = 只看已通过的或其他成绩
    .latest-only = 仅最新
    .latest-only-description = 每位玩家在每张地图上只看最新成绩（默认是）

choice-all = 全部
choice-archived = 已归档
choice-not-archived = 未归档
choice-verified = 已通过
choice-unverified = 未通过

command-mod-edit-user = 修改用户
    .description = 不在本服务器的玩家

command-mod-edit-user-create-fake-user = 添加虚拟用户
    .description = 添加一位不在本服务器的玩家
    .name = 名字
    .name-description = 玩家的名字

command-mod-edit-user-link-fake-user = 关联虚拟用户
    .description = 把虚拟用户的一切永久转给真实用户
    .fake = 虚拟用户
    .fake-description = 之前不在的玩家
    .real = 真实用户
    .real-description = 此玩家是谁

command-xp = 经验
    .description = 经验值

command-xp-grant = 发放
    .description = 给一位玩家发放经验
    .user = 玩家
    .user-description = 谁获得经验
    .amount = 数量
    .amount-description = 发放多少（未计倍率）
    .reason = 理由
    .reason-description = 为什么发放（最多 500 个字符）

command-settings = 设置
    .description = 选择您希望收到的通知和您的守望先锋用户名

command-rank-card = 段位卡
    .description = 查看您的段位卡
command-map-search = 搜索地图
    .description = 搜索地图
    .map-name = 地图
    .map-name-description = 守望先锋地图
    .difficulty = 难度
    .difficulty-description = 地图的难度
    .code = 地图代码
    .code-description = 地图的代码
    .creator = 作者
    .creator-description = 地图的作者
    .mechanic = 机制
    .mechanic-description = 地图的机制
    .restriction = 限制
    .restriction-description = 地图的限制
    .tag = 标签
    .tag-description = 地图的标签
    .minimum-quality = 最低评分
    .minimum-quality-description = 最低平均评分，1 到 6 星
    .category = 类别
    .category-description = 地图的类别
    .medals = 奖牌
    .medals-description = 有或没有奖牌
    .completed = 已完成
    .completed-description = 您有或没有成绩
    .playtest = 试玩
    .playtest-description = 仅试玩中的地图，或排除它们
    .official = 国际服
    .official-description = 国际服地图，或国服地图

command-map-search-chinese = 地图搜索
    .description = { command-map-search.description }
    .map-name = { command-map-search.map-name }
    .map-name-description = { command-map-search.map-name-description }
    .difficulty = { command-map-search.difficulty }
    .difficulty-description = { command-map-search.difficulty-description }
    .code = { command-map-search.code }
    .code-description = { command-map-search.code-description }
    .creator = { command-map-search.creator }
    .creator-description = { command-map-search.creator-description }
    .mechanic = { command-map-search.mechanic }
    .mechanic-description = { command-map-search.mechanic-description }
    .restriction = { command-map-search.restriction }
    .restriction-description = { command-map-search.restriction-description }
    .tag = { command-map-search.tag }
    .tag-description = { command-map-search.tag-description }
    .minimum-quality = { command-map-search.minimum-quality }
    .minimum-quality-description = { command-map-search.minimum-quality-description }
    .category = { command-map-search.category }
    .category-description = { command-map-search.category-description }
    .medals = { command-map-search.medals }
    .medals-description = { command-map-search.medals-description }
    .completed = { command-map-search.completed }
    .completed-description = { command-map-search.completed-description }
    .playtest = { command-map-search.playtest }
    .playtest-description = { command-map-search.playtest-description }
    .official = { command-map-search.official }
    .official-description = { command-map-search.official-description }

command-view-guides = 查看攻略
    .description = 查看地图的攻略
    .code = 地图代码
    .code-description = 地图的代码
    .include-records = 包含记录
    .include-records-description = 同时显示最佳成绩的视频

command-submit-guide = 提交攻略
    .description = 为地图添加您的视频攻略
    .code = 地图代码
    .code-description = 地图的代码
    .url = 链接
    .url-description = 视频链接

command-change-request = 更改请求
    .description = 请求作者更改地图
    .code = 地图代码
    .code-description = 地图的代码

command-submit-map = 提交地图
    .description = 提交您的地图
    .code = 地图代码
    .code-description = 地图的代码
    .map-name = 地图
    .map-name-description = 守望先锋地图
    .checkpoints = 检查点
    .checkpoints-description = 检查点数量
    .category = 类别
    .category-description = 地图的类别
    .description = 描述
    .description-description = 玩家需要了解的内容
    .guide-url = 攻略链接
    .guide-url-description = 展示地图的视频链接
    .custom-title = 标题
    .custom-title-description = 地图的标题
    .custom-banner = 横幅
    .custom-banner-description = 用于展示地图的图片
    .gold = 金牌
    .gold-description = 金牌用时，例如 1:23.45
    .silver = 银牌
    .silver-description = 银牌用时
    .bronze = 铜牌
    .bronze-description = 铜牌用时

command-mod-map = 地图
    .description = 更改地图

command-mod-map-edit-status = 修改状态
    .description = 更改地图的可见性与试玩状态
    .code = 地图代码
    .code-description = 地图的代码
    .hidden = 隐藏
    .hidden-description = 是否隐藏地图
    .official = 国际服
    .official-description = 是否为国际服地图
    .archived = 归档
    .archived-description = 是否归档
    .playtesting = 试玩状态
    .playtesting-description = 试玩进行到哪一步
    .send-to-playtest = 重新试玩
    .send-to-playtest-description = 重新试玩，现有成绩将成为旧版成绩

command-mod-map-edit-creators = 修改作者
    .description = 设置地图的作者
    .code = 地图代码
    .code-description = 地图的代码
    .primary = 主要作者
    .primary-description = 主要作者
    .second = 第二作者
    .second-description = 协助者
    .third = 第三作者
    .third-description = 另一位协助者

command-mod-map-edit-guides = 修改攻略
    .description = 更改攻略链接，或移除攻略
    .code = 地图代码
    .code-description = 地图的代码
    .user = 玩家
    .user-description = 攻略的提交者
    .url = 链接
    .url-description = 新的链接；留空则移除攻略

command-mod-map-link-codes = 关联代码
    .description = 关联地图的国际服与国服代码
    .official-code = 国际服代码
    .official-code-description = 国际服代码
    .unofficial-code = 国服代码
    .unofficial-code-description = 国服代码

command-mod-map-unlink-codes = 取消关联
    .description = 让两个代码重新属于不同地图
    .official-code = 国际服代码
    .official-code-description = 国际服代码
    .unofficial-code = 国服代码
    .unofficial-code-description = 国服代码
    .reason = 理由
    .reason-description = 为什么它们不是同一张地图

command-mod-map-edit = 修改
    .description = 直接更改地图
    .code = 地图代码
    .code-description = 地图的代码
    .custom-banner = 横幅
    .custom-banner-description = 展示地图的新图片

command-edit-request = 申请修改
    .description = 向管理团队提出地图更改
    .code = 地图代码
    .code-description = 地图的代码
    .custom-banner = 横幅
    .custom-banner-description = 展示地图的新图片

choice-easy = 简单
choice-medium = 中等
choice-hard = 困难
choice-very-hard = 非常困难
choice-extreme = 极难
choice-hell = 地狱
choice-classic = 经典
choice-increasing-difficulty = 难度递增
choice-other = 其他
choice-with = 有
choice-without = 没有
choice-only = 仅限
choice-none = 排除
choice-approved = 已通过
choice-in-progress = 进行中
choice-rejected = 未通过
