# What the team is told of.

alert-dead = { $queue } 有 { $count } 条死信
