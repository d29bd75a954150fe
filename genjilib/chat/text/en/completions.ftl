# Runs: submitting, judging, showing.

completion-title = { $code } in { $time }
completion-player = Player
completion-code = Code
completion-map = Map
completion-time = Time
completion-rank = Rank
completion-medal = Medal
completion-video = Video
completion-submitted = Submitted

completion-confirm = Submit your run of { $code } in { $time }?
completion-accept = Accept
completion-reject = Reject
completion-accepted = The run is accepted.
completion-rejected = The run is rejected.
completion-reject-title = Reject the run
completion-reject-reason = Why is it rejected?
