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

completion-unread = { $code }: the screenshot shows something else

completion-confirm = Submit your run of { $code } in { $time }?
completion-accept = Accept
completion-reject = Reject
completion-accepted = The run is accepted.
completion-rejected = The run is rejected.
completion-reject-title = Reject the run
completion-reject-reason = Why is it rejected?

error-already-judged = { $verdict ->
    [accepted] { $name } was faster: the run is accepted already.
   *[rejected] { $name } was faster: the run is rejected already.
}
error-completion-not-found = This run does not exist any more.
error-duplicate-completion = This run was submitted already.
error-map-not-found = There is no map with the code { $code }.
error-not-faster = The run is not faster than your verified one.
error-reason-missing = A rejection needs a reason.
error-slower-than-pending = The run is not faster than yours that waits for verification.
error-unknown-verifier = You are not registered in this community yet.
