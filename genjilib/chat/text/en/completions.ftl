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

completion-flags = Flags of the player
completion-legacy = Legacy
completion-message = Message
completion-partial = Partial
completion-upvotes = Upvotes: { $count }

completions-of-map = Leaderboard of { $code }
completions-of-player = Runs of { $name }
completions-records = World records of { $name }

flag-title = Mark as suspicious
flag-kind = What is it?
flag-cheating = Cheating
flag-scripting = Scripting
flag-context = What makes you think so?
flag-done = The run is flagged.
flags-of-player = Flags of { $name }

record-title = Runs
record-change-time = Change time
record-verify = Verify
record-unverify = Unverify
record-flag = Mark suspicious
record-unflag = Unmark suspicious
record-reason = Why?
record-state = State
record-verified = Verified
record-not-verified = Not verified
record-suspicious = Suspicious
record-flagged = Flagged
record-links = Links

error-already-judged = { $verdict ->
    [accepted] { $name } was faster: the run is accepted already.
   *[rejected] { $name } was faster: the run is rejected already.
}
error-already-upvoted = This run has your upvote already.
error-completion-not-found = This run does not exist any more.
error-duplicate-completion = This run was submitted already.
error-map-not-found = There is no map with the code { $code }.
error-not-a-run = Only messages that show a run can be flagged.
error-not-faster = The run is not faster than your verified one.
error-reason-missing = A reason is needed.
error-slower-than-pending = The run is not faster than yours that waits for verification.
error-unknown-verifier = You are not registered in this community yet.
