# What the ground itself says; each domain has a file of its own beside this one.

done = Done.
try-again = Try again { $when }.

broken = Something broke. Reference `{ $reference }`
    .title = Something broke
later =
    .title = Not now
refused =
    .title = That did not work

confirm = Are you sure?
    .yes = Yes
    .no = No

form-again = Edit and try again
form-open = Open the form
form-ready = The form is ready.

pages-empty = There is nothing here.
pages-jump = Go to a page
pages-number = Page

error-busy = Somebody else is changing the same thing.
error-check-failed = You may not do this here.
error-command-changed = This command has just changed. Restart Discord if it stays so.
error-discord-away = Discord does not answer at the moment.
error-discord-slow-down = Discord asks to slow down.
error-link-unreadable = That is not a link. A link begins with https://.
error-map-code-unreadable = A map code has four to six letters or digits.
error-not-a-picture = This is not a PNG, JPEG or WebP picture.
error-not-yours = Only who asked for this may press here.
error-nothing-like-this = Nothing is like this.
error-option-unreadable = One of the options cannot be read.
error-over = This is over. Use the command again.
error-page-unknown = There is no such page. Choose one from 1 to { $last }.
error-picture-too-large = The picture is too large.
error-player-unknown = There is no such player.
error-restarting = The bot is restarting.
error-run-time-unreadable = That is not a time. Type it as 1:23.45 or 83.45.
error-staff-only = Only the team may do this.
error-storage-away = Pictures cannot be stored at the moment.
error-timeout = That took too long.
error-unavailable = The service is not available at the moment.
error-user-not-found = You are not registered in this community yet.
