# The texts of the pages, in Project Fluent. The tests compare this file with the others, and with what templates and code name.

### The frame around every page

frame-skip = Skip to content
frame-logged-in-as = Logged in as
frame-account = Your account
frame-sessions = Where you’re logged in
frame-log-out = Log out
frame-log-in = Log in
frame-at = You are at
frame-pages = Pages

tab-notes = Notes
tab-about = About you
tab-staff = Staff

### The front page: what it is about, in three steps

home-title = Welcome
home-logged-out = You are logged out.
home-welcome = Welcome to { $service }
home-open = This page is open to everybody. Your notes are yours alone, so they need a login: one login for all our services.
home-hello = Hello,
home-here-too = You’re logged in here too: this page reads the login you have on { $auth }.
home-write = Write a note
home-steps = One login, in three steps
home-log-in = Log in.
home-log-in-why = Once, on { $auth }. { $service } never sees your password.
home-come-back = Come back.
home-come-back-why = Close this tab, and open it again later: you are still logged in.
home-open-other = Open a second service.
home-open-other-why = You are logged in there too, and asked for nothing.
home-other = Open { $other }
home-other-too = Open { $other }: you are logged in there too

### Notes

notes-title = Your notes
notes-new = New note
notes-save = Save note
notes-saved = Saved.
notes-deleted = Deleted.
notes-all-deleted = All your notes are deleted.
notes-none = Nothing yet. What you save here, only you will see.
notes-delete = Delete…
notes-delete-this = Delete this note
notes-delete-all = Delete all notes…
notes-error = Error:

note-empty = Write something first.
note-too-long = This is too long: a note can have 1,000 characters.
note-characters = This holds characters that cannot be shown. Type it again.
notes-full = You have 200 notes, and nobody can keep more. Delete one first.

all-title = Delete all notes?
all-what = { $count ->
    [one] Your note
   *[other] Your { $count } notes
} will be gone for good. If you logged in a while ago, you are asked for your password first.
all-none = You have no notes.
all-delete = Delete all notes
all-keep = Keep them

### About you

about-title = About you
about-what = What your login tells this service. It keeps none of it but the user ID, under which it files your notes.
about-name = Name
about-email = Email
about-not-confirmed = not confirmed
about-proved = Logged in by
about-roles = Roles
about-account = See your account
proof = { $method ->
    [pwd] Password
    [otp] One-time code
    [hwk] Passkey
    [swk] Passkey
    [mfa] Second factor
   *[other] { $method }
}

developers-title = For developers
developers-what = The same as JSON is at { $address }. A script that asks for it goes on working when the token ends after five minutes: sso.js renews it.
developers-user = User ID
developers-session = Session ID
developers-try = Try a renewal
developers-no-script = This button needs JavaScript; nothing else here does.
developers-answer = { $email }, by a token made at { $time }.
developers-over = You are logged out.

### Staff

staff-title = Staff
staff-what = This service keeps { $notes ->
    [one] 1 note
   *[other] { $notes } notes
} of { $people ->
    [one] 1 person
   *[other] { $people } people
}. Only their owners can read them.

### Errors

error-status = Error { $status }
error-front = Go to the start page
error-unreadable = Not understood
error-unreadable-what = This could not be read. Go back, reload the page and send it again.
error-forbidden = Not for this account
error-forbidden-what = You are logged in, but your account may not use this page. If it should, ask whoever runs this service.
error-nothing = Nothing here
error-nothing-what = There is no page at this address. The link may have a mistake.
error-method = Not like this
error-method-what = This address exists, but cannot be used this way.
error-large = Too much at once
error-large-what = This is more than the page takes. Go back and shorten it.
error-form = Not a form
error-form-what = Send this as a form (application/x-www-form-urlencoded).
error-head-what = Your browser sent too much. Deleting this site’s cookies may help.
error-ours = Something broke
error-ours-what = That is our fault, not yours. Please try again later.
error-other = That did not work
error-other-what = This service cannot answer that.
