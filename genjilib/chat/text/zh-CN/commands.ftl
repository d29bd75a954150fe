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
