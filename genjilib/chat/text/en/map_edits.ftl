# Edits of maps that players propose.

map-edit-title = Edit of { $code }
map-edit-by = By
map-edit-reason = Reason
map-edit-submitted = Submitted
map-edit-accept = Accept
map-edit-accept-and-try = Accept and playtest
map-edit-reject = Reject
map-edit-accepted = The edit is accepted.
map-edit-rejected = The edit is rejected.
map-edit-reject-title = Reject the edit
map-edit-reject-reason = Why is it rejected?
map-edit-why-title = Propose the changes
map-edit-why = Why shall the map be changed?
map-edit-proposed = Your changes of { $code } are shown to the team.

error-edit-resolved = { $verdict ->
    [accepted] { $name } was faster: the edit is accepted already.
   *[rejected] { $name } was faster: the edit is rejected already.
}
error-edit-not-found = This edit does not exist any more.
error-edit-exists = An edit of this map waits for its verdict already.
error-edit-reason-missing = An edit needs a reason.
