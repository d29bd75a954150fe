# What the ground itself says; each domain has a file of its own beside this one.

done = 完成。
try-again = 请在 { $when } 重试。

broken = 出现了问题。参考编号 `{ $reference }`
    .title = 出现了问题
later =
    .title = 请稍后再试
refused =
    .title = 操作未成功

confirm = 确定吗？
    .yes = 是
    .no = 否

form-again = 修改后重试
form-open = 打开表单
form-ready = 表单已准备好。

pages-empty = 这里什么都没有。
pages-jump = 跳转到页面
pages-number = 页码

error-busy = 有人正在修改同一内容。
error-check-failed = 您不能在这里执行此操作。
error-command-changed = 此命令刚刚更新。如果仍有问题，请重启 Discord。
error-discord-away = Discord 暂时没有响应。
error-discord-slow-down = Discord 要求放慢速度。
error-link-unreadable = 这不是有效的链接。链接以 https:// 开头。
error-map-code-unreadable = 地图代码由四到六个字母或数字组成。
error-not-a-picture = 这不是 PNG、JPEG 或 WebP 图片。
error-not-yours = 只有发起者可以点击这里。
error-nothing-like-this = 没有找到相近的内容。
error-option-unreadable = 有一个选项无法识别。
error-over = 此操作已结束，请重新使用命令。
error-page-unknown = 没有这一页。请选择 1 到 { $last } 之间的页码。
error-picture-too-large = 图片过大。
error-player-unknown = 没有这位玩家。
error-restarting = 机器人正在重启。
error-run-time-unreadable = 这不是有效的时间。请按 1:23.45 或 83.45 的格式输入。
error-staff-only = 只有管理团队可以执行此操作。
error-storage-away = 暂时无法保存图片。
error-timeout = 操作超时。
error-unavailable = 服务暂时不可用。
error-user-not-found = 您尚未在本社区注册。
