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
