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

error-already-judged = { $verdict ->
    [accepted] { $name } 抢先了一步：成绩已通过。
   *[rejected] { $name } 抢先了一步：成绩已拒绝。
}
error-completion-not-found = 此成绩已不存在。
error-duplicate-completion = 此成绩已提交过。
error-map-not-found = 没有代码为 { $code } 的地图。
error-not-faster = 此成绩并不比您已通过的成绩更快。
error-reason-missing = 拒绝成绩需要填写理由。
error-slower-than-pending = 此成绩并不比您等待审核的成绩更快。
error-unknown-verifier = 您尚未在本社区注册。
