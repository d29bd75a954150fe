# 用户，以及代表不在本服务器的玩家的占位用户。

placeholder-made = 已添加 { $name }，编号为 `{ $id }`。
placeholder-link = { $fake } 的一切将归 { $real } 所有，{ $fake } 将被移除。此操作无法撤销。
placeholder-linked = { $fake } 的一切现在归 { $real } 所有。

error-name-missing = 玩家需要一个名字。
error-not-a-placeholder = 只能关联虚拟用户，而且只能关联到另一位用户。
