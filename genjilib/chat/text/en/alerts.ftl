# What the team is told of.

alert-dead = { $count ->
    [one] A dead letter of { $queue }
   *[other] { $count } dead letters of { $queue }
}
