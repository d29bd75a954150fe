# 信息、可选身份组、联系管理团队、维护。

info-ask = 点击一个问题，答案只有您能看到。
info-runs = 提交记录
info-run-how = 如何提交记录？
info-run-how-text =
    使用 `/submit-completion`，填写地图代码、用时，并附上同时显示两者的截图。
    附有完整过程视频的记录才会计入排名、奖牌和纪录。
info-run-verdict = 之后会怎样？
info-run-verdict-text =
    截图由程序读取；无法读取的由管理员审核。
    审核结果会以私信通知您，可用 `/settings` 关闭。
info-run-medals = 如何获得奖牌和段位？
info-run-medals-text =
    附有视频且用时达到奖牌标准的记录可获得该奖牌。
    完成足够数量的某难度地图即可获得对应段位；`/rank-card` 显示您的进度。
info-maps = 提交地图
info-map-how = 如何提交地图？
info-map-how-text =
    使用 `/submit-map` 并填写表单。奖牌用时、攻略和图片欢迎提供，但非必填。
info-map-playtest = 什么是试玩？
info-map-playtest-text =
    每张新地图都有一个帖子，玩家在其中试玩并为难度投票。
    票数足够后，创作者可在那里申请审核。
info-map-changes = 之后如何修改地图？
info-map-changes-text =
    `/edit-request` 向管理团队提出更改；`/change-request` 请求地图的创作者更改。

roles-choose = 选择您的身份组
roles-mentionable = 希望收到的通知
roles-location = 所在地区
roles-platform = 游戏平台
roles-misc = 其他
role-taken = 您现在拥有身份组 { $role }。
role-gone = 您不再拥有身份组 { $role }。

modmail-title = 联系管理团队
modmail-about = 您写的内容只有您和管理团队能看到。
modmail-write = 联系管理团队
modmail-subject = 关于什么？
modmail-text = 您想说什么？
modmail-written = 您的来信有了一个帖子：{ $thread }
modmail-close = 关闭
modmail-closed = 来信已关闭。

upkeep-synced = 已向 Discord 更新 { $count } 个命令。
upkeep-unsynced = 命令已移除。
upkeep-cleaned = 已删除 { $count } 个已结束试玩的帖子。
upkeep-well = 一切正常
upkeep-faults = 发现问题
upkeep-discord = Discord
upkeep-database = 数据库
upkeep-outdated = Discord 中的命令与现有命令不一致：请使用 `sync` 重新更新。
repaired = 此消息已恢复正常。

error-letter-empty = 来信需要标题和内容。
error-letters-open = 您的其他来信尚未关闭。
error-letter-over = 此来信已关闭。
error-not-a-letter = 请在来信的帖子中使用。
error-not-ours = 只能修复显示记录、修改申请或试玩的消息。
