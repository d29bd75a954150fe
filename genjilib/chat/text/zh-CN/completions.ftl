# 成绩：提交、审核、展示。

completion-title = { $code }，用时 { $time }
completion-player = 玩家
completion-code = 代码
completion-map = 地图
completion-time = 用时
completion-rank = 排名
completion-medal = 奖牌
completion-video = 视频
completion-submitted = 提交时间

completion-unread = { $code }：截图内容不符

completion-confirm = 要提交你在 { $code } 的成绩 { $time } 吗？
completion-accept = 通过
completion-reject = 拒绝
completion-accepted = 成绩已通过。
completion-rejected = 成绩已拒绝。
completion-reject-title = 拒绝成绩
completion-reject-reason = 拒绝的理由是什么？

completion-flags = 玩家的标记
completion-legacy = 旧版
completion-message = 消息
completion-partial = 未完整
completion-upvotes = 点赞：{ $count }

completions-of-map = { $code } 的排行榜
completions-of-player = { $name } 的成绩
completions-records = { $name } 的世界纪录

flag-title = 标记为可疑
flag-kind = 可疑类型
flag-cheating = 作弊
flag-scripting = 脚本
flag-context = 您为什么这样认为？
flag-done = 此成绩已被标记。
flags-of-player = { $name } 的标记

record-title = 成绩
record-change-time = 修改用时
record-verify = 通过
record-unverify = 撤销通过
record-flag = 标记可疑
record-unflag = 取消可疑标记
record-reason = 为什么？
record-state = 状态
record-verified = 已通过
record-not-verified = 未通过
record-suspicious = 可疑
record-flagged = 已标记
record-links = 链接

error-already-judged = { $verdict ->
    [accepted] { $name } 抢先了一步：成绩已通过。
   *[rejected] { $name } 抢先了一步：成绩已拒绝。
}
error-already-upvoted = 您已经为此成绩点过赞。
error-completion-not-found = 此成绩已不存在。
error-duplicate-completion = 此成绩已提交过。
error-map-not-found = 没有代码为 { $code } 的地图。
error-not-a-run = 只能标记显示成绩的消息。
error-not-faster = 此成绩并不比您已通过的成绩更快。
error-reason-missing = 需要填写理由。
error-slower-than-pending = 此成绩并不比您等待审核的成绩更快。
error-unknown-verifier = 您尚未在本社区注册。
