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
