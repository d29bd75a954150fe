# 玩家提出的地图修改。

map-edit-title = { $code } 的修改
map-edit-by = 提交者
map-edit-reason = 理由
map-edit-submitted = 提交时间
map-edit-accept = 通过
map-edit-accept-and-try = 通过并试玩
map-edit-reject = 拒绝
map-edit-accepted = 修改已通过。
map-edit-rejected = 修改已拒绝。
map-edit-reject-title = 拒绝修改
map-edit-reject-reason = 拒绝的理由是什么？
map-edit-why-title = 提出更改
map-edit-why = 为什么要更改地图？
map-edit-proposed = 您对 { $code } 的更改已提交给管理团队。

error-edit-resolved = { $verdict ->
    [accepted] { $name } 抢先了一步：修改已通过。
   *[rejected] { $name } 抢先了一步：修改已拒绝。
}
error-edit-not-found = 此修改已不存在。
error-edit-exists = 此地图已有等待裁决的更改。
error-edit-reason-missing = 更改需要理由。
