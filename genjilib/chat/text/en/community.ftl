# Information, roles to choose, letters to the team, upkeep.

info-ask = Press a question. Only you see the answer.
info-runs = Submitting runs
info-run-how = How do I submit a run?
info-run-how-text =
    Use `/submit-completion` with the code of the map, your time and a screenshot that shows both.
    A video of the whole run makes it count for ranks, medals and records.
info-run-verdict = What happens then?
info-run-verdict-text =
    The screenshot is read by a machine; whatever it cannot read waits for a moderator.
    You get a direct message with the verdict. `/settings` turns that off.
info-run-medals = How do I earn medals and ranks?
info-run-medals-text =
    A run with a video that is as fast as a medal's time earns the medal.
    Enough maps of a difficulty give you the rank of that difficulty; `/rank-card` shows how far you are.
info-maps = Submitting maps
info-map-how = How do I submit a map?
info-map-how-text =
    Use `/submit-map` and fill in the form. Medal times, a guide and a picture are welcome and not needed.
info-map-playtest = What is a playtest?
info-map-playtest-text =
    Each new map has a thread in which players try it and vote for its difficulty.
    With enough votes its creator asks for the verdict there.
info-map-changes = How is a map changed later?
info-map-changes-text =
    `/edit-request` proposes changes to the team; `/change-request` asks the creators of a map for one.

roles-choose = Choose your roles
roles-mentionable = What to be called for
roles-location = Where you play
roles-platform = What you play on
roles-misc = More
role-taken = You have the role { $role } now.
role-gone = You have the role { $role } no more.

modmail-title = Letters to the team
modmail-about = Only you and the team see what you write.
modmail-write = Write to the team
modmail-subject = What is it about?
modmail-text = What would you like to say?
modmail-written = Your letter has a thread: { $thread }
modmail-close = Close
modmail-closed = The letter is closed.

upkeep-synced = { $count } commands were told to Discord.
upkeep-unsynced = The commands were taken away.
upkeep-cleaned =
    { $count ->
        [one] One thread of a playtest that is over was deleted.
       *[other] { $count } threads of playtests that are over were deleted.
    }
upkeep-well = All is well
upkeep-faults = Something is wrong
upkeep-discord = Discord
upkeep-database = Database
upkeep-outdated = Discord was told other commands than there are: `sync` tells it anew.
repaired = The message is as it should be.

error-letter-empty = A letter has a subject and a text.
error-letters-open = Your other letters are still open.
error-letter-over = This letter is closed already.
error-not-a-letter = This is said in the thread of a letter.
error-not-ours = Only messages that show a run, an edit or a playtest can be repaired.
