# Every text of the pages, in English (Project Fluent's syntax, https://projectfluent.org/fluent/guide).
#
# In a text that a page shows by `rich`, `<strong>` and the like are markup; what is put in for { $name } never is. All
# other texts are plain. `.mention` is how a field is called in the middle of a sentence.

# What the site calls itself where SITE_NAME is not set.
site-name = One account
site-skip = Skip to content
site-logged-in-as = Logged in as
site-at = One login for all our services, at <strong>{ $host }</strong>
site-dev-mailbox = Emails that were sent (development)
site-links = About this site

# What this language calls itself.
language-name = English

# A sentence that has no other language: it is for programs.
verbatim = { $words }

### Words of many pages

action-log-in = Log in
action-log-out = Log out
action-cancel = Cancel
action-confirm = Confirm
action-back = Back
action-continue-to = To continue to <strong>{ $host }</strong>

label-email = Email address
    .mention = email address
label-password = Password
    .mention = password
label-current-password = Current password
    .mention = current password
label-new-password = New password
    .mention = new password
label-new-email = New email address
    .mention = new email address
label-language = Language of emails
    .mention = language of emails
label-code = Code from the email
    .mention = code
label-first-name = First name
    .mention = first name
label-last-name = Last name
    .mention = last name

field-optional = (optional)
field-error = Error:
form-error-title = Error:
form-please-check = Please check
form-and = and
form-stale = This page was open for more than a day, or you have logged in or out in this browser since it was opened, or opened it twice. Please check what you entered and send it again.
form-crowded-out = Your browser has thrown away the cookie that belongs to this form, to make room for those of other sites of this domain. Delete those first, by the link above; then check what you entered here and send it again.
form-no-cookie = This page was open for too long, or cookies are off. Please check what you entered and send it again.

# { $month } is a number from 1 to 12, { $time } is such as 21:39.
date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
moment = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
} { $year }, { $time } UTC

# How long ago something was.
ago-now = just now
ago-minutes = { $count ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
}
ago-hours = { $count ->
    [one] { $count } hour ago
   *[other] { $count } hours ago
}
ago-days = { $count ->
    [one] { $count } day ago
   *[other] { $count } days ago
}
# A day without its year.
day = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}

device = { $browser } on { $system }
device-unknown-on = Unknown browser on { $system }
device-unknown = Unknown browser

### Logging in

login-title = Log in
login-title-again = Confirm it’s you
login-again = Please enter your password once more to continue.
login-to-continue = Log in to continue to <strong>{ $service }</strong>
login-stays-days = You stay logged in for { $count ->
    [one] a day
   *[other] { $count } days
} on this browser.
login-stays-hours = You stay logged in for { $count ->
    [one] an hour
   *[other] { $count } hours
} on this browser.
login-stays-minutes = You stay logged in for { $count ->
    [one] a minute
   *[other] { $count } minutes
} on this browser.
login-forgot = Forgot your password?
# { $host } is such as 127.0.0.1:8000, { $domain } such as example.org.
login-next-elsewhere = We could not take you back to { $host }: it is not below { $domain }.
login-next-not-allowed = We could not take you back to { $host }: this login does not lead there.
login-next-unreadable = We could not take you back to where you came from: its address is none that can be opened.
login-new-here = New here?
login-create-account = Create an account
login-email-missing = Please enter your email address, such as ada@example.org.
login-password-missing = Please enter your password.
login-wrong = That email and password don’t match. Check both, and Caps Lock.
login-inactive = This account is inactive.
login-not-within = This page can only be opened by itself, not from within another page.
login-only-within = This page can only be opened within a page of our services.

done-title = Done here
done-what-now = If you have just logged in, close this tab and go back to the one you came from. What you were doing waits there: go on with it.

long-title = That address is too long
long-what = The page that you wanted to open has an address so long that it cannot be taken along through the login. Nothing is wrong with your account.
long-what-now = Log in if you have not done so yet, then open your link again.

onward-title = One moment
onward-go = Go on

frame-title = Your login
frame-again = <strong>You are logged in again</strong> as <bdi>{ $name }</bdi>.
frame-over = Your login has ended.
frame-prove = This needs your password once more.
frame-log-in = Log in (opens a new tab)
frame-go-on = Then go on here
frame-look = I have logged in
frame-renew = Renew the login

loop-title = That service does not take your login
loop-what = You are logged in, but <strong>{ $service }</strong> sent you back here several times in a row, so we stopped.
loop-what-now = Nothing is wrong with your account. Please tell whoever runs that service; its log names the cause. Most often its clock is wrong, or its settings name another address or key.
loop-try-again = Try once more
loop-account = Your account

### Logging out

logout-title = Log out
logout-question = Log out?
logout-question-of = Log out <bdi>{ $name }</bdi>?
logout-over = You are logged out.
logout-what = This logs you out of every service that uses this account, in this browser.
logout-done = You are now logged out.
logout-not-ended-title = Logged out in this browser
logout-not-ended = This browser is logged out: we have taken its login away. But we cannot write to our database right now, so the login itself is not ended on our side.
logout-not-ended-until = Nobody can use it who has no copy of this browser’s cookies. Whoever has one could, until { $until } at the latest.
logout-not-ended-soon = Nobody can use it who has no copy of this browser’s cookies. Whoever has one could, until it runs out by itself.
logout-not-ended-others = Your other logins are not ended either: those browsers are still logged in.
logout-not-ended-advice = If somebody may have such a copy, log in again in a few minutes, go to “Where you’re logged in” and end all others.
logout-not-ended-login = Log in again

### A forgotten password

forgot-title = Forgot your password?
forgot-lead = We send you an email with a code and a link for a new one.
forgot-submit = Send the email
forgot-remembered = Remembered it?
forgot-too-many = Many people in your network have lately asked for such an email. Please try again in ten minutes.
forgot-without-mail = This site sends no emails. Whoever runs it can give you a link for a new password.
forgot-ask = Ask whoever runs this site

reset-title = Choose a new password
reset-sent = If there is an account for <strong>{ $address }</strong>, an email is on its way. Type its code here, or open its link.
reset-ends-logins = All your logins end, and you log in with the new password.
reset-submit = Change password
reset-nothing-came = Nothing came? Look in the spam folder, too.
reset-ask-again = Ask for another email
reset-code-missing = Please type the six digits from the email.
reset-code-wrong = { $left ->
    [one] That is not the code. You have one more try.
   *[other] That is not the code. You have { $left } more tries.
}
reset-code-over = This code no longer works: it is too old, or there were too many tries, or another email was sent.
reset-done = Your password is changed. Log in with the new one.
reset-over-title = This link no longer works
reset-over-what = It was used before, or it is too old, or another one was sent since. Your password is as it was.
reset-over-without-mail = Whoever runs this site can give you another one.

### Another password

change-title = Change password
change-lead = You stay logged in here. All your other logins end.
change-done = Your password is changed. Your other logins have ended.

### Making an account

register-title = Create your account
register-submit = Create account
register-have-one = Already have an account?
register-done = Your account was created.
register-closed-title = Accounts are made for you here
register-closed-what = Whoever runs this site makes its accounts. If you should have one, please ask them; nobody can make one on this page.
register-password-hint = At least { $min } characters. Several unrelated words work well.
register-passwords-differ = Please enter the same password in both fields.
register-email-invalid = Please enter an email address, such as ada@example.org.
register-email-taken = This email address already has an account.
register-log-in-instead = Log in instead
register-too-many = Many people in your network have lately tried addresses that have an account. Please try again in ten minutes, or log in if you have one.
register-too-many-letters = Many accounts were made in your network lately. Please try again in ten minutes, or log in if you have one.

name-empty = Please enter a name.
name-too-long = Please use at most { $max } characters.
name-unprintable = Please write the name on one line, with visible characters.

# What the script of a form says while one types, and its button, whose .label a screen reader says.
password-show = Show
    .label = Show password
password-hide = Hide
    .label = Hide password
password-caps-lock = Caps Lock is on.
# { $count } is how many characters were typed. Neither text may call a password good: that shows when it is sent.
password-so-far = { $count } of at least { $min } characters
password-long-enough = Long enough. Whether it is too easy to guess is checked when you send it.

password-too-short = Please use at least { $min } characters. Several words in a row are easy to remember.
password-too-long = Please use at most { $max } characters.
password-common = This is one of the first passwords that attackers try. Please choose another.
password-like-owner = This is too much like your name or email address. Please choose something that is not about you.
# { $reason } is one of the texts below.
password-guessable = Too easy to guess: { $reason }. Add two unrelated words.
password-guessable-somehow = Too easy to guess. Add two unrelated words.
password-reason-famous = everybody knows this phrase
password-reason-keyboard = it is a pattern on the keyboard
password-reason-repeats = it repeats itself
password-reason-common = it is like a very common password
password-reason-sequence = it is a sequence such as abc or 6543
password-reason-word = it is little more than one word
password-reason-date = it is little more than a date
password-reason-name = it is little more than a name

### The account

account-title = Your account
account-roles = Roles
account-staff = You can see staff pages
account-superuser = You have every right
account-not-confirmed = (not confirmed)
account-change-profile = Change name and language
account-change-address = Change the address
account-address-not-confirmed = This address is not confirmed.
account-back-to = Back to { $service }
account-services = Your services
account-joined = Member since
account-last-login = Last login
account-overview = Overview
account-pages = Your account

### Logins of a person

sessions-title = Where you’re logged in
    .tab = Where you’re logged in
sessions-lead = These browsers and programs are logged in to your account. Log out any that you do not recognise. Somebody may then know your password: tell whoever runs this site.
sessions-this = This browser
sessions-began = since { $when }
sessions-this-about = of this browser
sessions-end = Log out
sessions-end-about = of { $device }, last used { $when }
sessions-end-others = Log out everywhere else
sessions-end-question = Log out everywhere else?
sessions-end-lead = All other browsers and programs are logged out of your account, and services there follow within minutes.
sessions-end-all = And here too
sessions-unknown = That login was not found. It may have ended already.
sessions-ended = { $count ->
    [0] There was no other login to end.
    [one] Logged out. Services there follow within minutes.
   *[other] Those browsers are logged out. Services there follow within minutes.
}

confirm-title = Confirm it’s you
confirm-lead = To <strong>{ $what }</strong>, enter your password once more.
confirm-not-you = Not you?
confirm-wrong = That is not your password. Check it, and Caps Lock.
confirm-this = log out of this browser
confirm-one = log out of one other browser
confirm-others = log out of all other browsers
confirm-all = log out everywhere, here too

### What happened to an account

security-title = Security
security-password-changed = Changed

activity-title = Recent activity
activity-older-title = Earlier activity
activity-none = Nothing here.
activity-more-refused = There were more failed attempts in this time than are shown.
activity-older = Older
activity-newest = Newest

event-from = { $device }, { $address }
# A time such as “2 minutes ago” follows.
event-again = { $times ->
    [one] and once more,
   *[other] and { $times } more times, the last one
}
event-registered = Account created
event-login = Logged in
event-login-inactive = Login refused: the account was inactive
event-login-disowned = “It was not me”: a login was ended, and the password closed
event-login-wrong = Login failed: wrong password
event-password-refused = Wrong password, where it was asked for again
event-logout = Logged out
event-ended-by-owner = Logged out of another browser
event-ended-by-operator = Logged out by the operator
event-too-many = Oldest login ended: there were too many
event-reuse = A copy of a login was used; that login was ended
event-reset-requested = Email for a new password asked for
event-recovery-link = Link for a new password made by the operator
event-password-changed = Password changed
event-profile-changed = Name or language changed
event-email-verified = Email address confirmed
event-email-change-requested = Another email address asked for
event-email-changed = Email address changed
event-email-change-undone = Change of the email address undone
event-activated = Account activated by the operator
event-deactivated = Account deactivated by the operator
event-roles-changed = Roles changed by the operator
event-rights-changed = Rights changed by the operator

### Cookies of others

cookies-too-many = Other sites of this domain have left so many cookies in your browser that services may refuse you or forget your login.
cookies-seen = { $count ->
    [one] One, of { $kilobytes } KB, came with this page.
   *[other] { $count } of them, { $kilobytes } KB in all, came with this page.
 }
cookies-crowd-out = A browser keeps some 180 for a domain, and throws others away to make room, those of your login too. If you have to log in again and again, that is why.
cookies-look = See what can be done
cookies-title = Too many cookies?
cookies-came = Your browser sends <strong>{ $count ->
    [one] one cookie
   *[other] { $count } cookies
}</strong> of other sites of { $domain }, { $kilobytes } KB in all, with every page that you open here.
cookies-harm = That is too much: services may refuse your requests, and your browser may have thrown away your login to make room. Nothing is wrong with your account. Some site of this domain sets more cookies than it should.
cookies-no-harm = That does no harm. If a service refuses you all the same, clearing them may help.
cookies-what-happens = The button deletes those cookies, one by one. Your login stays. Other sites of this domain may forget what they remembered of you, such as settings.
cookies-clear = Delete those cookies
cookies-go-on = Go on deleting
cookies-tidy-title = All tidy
cookies-tidy = Your browser holds no cookies of other sites of { $domain } that would get in the way here.
cookies-left-title = Some cookies came again
cookies-left = <strong>{ $count ->
    [one] One cookie
   *[other] { $count } cookies
}</strong> of { $domain } could not be deleted from here. Most likely some site sets them anew each time that you open it.
cookies-left-what-now = Close other tabs of this domain and try again, or delete the cookies of this domain in the settings of your browser. Please tell whoever runs this site.
cookies-onward = Go on

### A service behind a proxy that asks us who may come in

refused-role-title = Not for this account
refused-role-what = You are logged in, but your account may not open this page. If it should, please ask whoever runs this service.
refused-account = Your account
first-title = Log in first
first-what = You are not logged in, or your login has ended.

### What went otherwise

error-status = Error { $status }
error-home = Go to the start page
error-number = Error number:
error-advice = If it stays like this, tell whoever runs this site the error number below.
error-retry-seconds = { $seconds ->
    [one] You can try again in one second.
   *[other] You can try again in { $seconds } seconds.
}
error-retry-minutes = { $minutes ->
    [one] You can try again in one minute.
   *[other] You can try again in { $minutes } minutes.
}

error-unreadable = We could not read that
error-unreadable-advice = Please go back, reload the page and try again.
error-unreadable-form = This form could not be read. Please go back, reload the page and send it again.
error-send-a-form = Please send this as a form (application/x-www-form-urlencoded).
error-send-json = Please send this as application/json.
error-not-json = This is not JSON. Please check it and send it again.
error-broke-off = What you sent broke off. Please send it again.
error-login = Log in first
error-login-advice = This needs a login.
error-missing = Something is missing
error-missing-advice = Please check what you sent.
error-forbidden = That is not allowed
error-forbidden-advice = You may not do this.
error-in-advance = Your browser asked for this page before you did. Please reload it.
error-other-site = This form was sent from another site. Please open the page here and send it again.
error-two-people = Your browser sent the logins of two people, which happens when another site of this domain sets a cookie that it should not. Please log out, delete this domain's cookies, and log in again.
error-nothing-here = There is nothing here
error-nothing-here-advice = The address may be misspelt, or the page may be gone.
error-no-file = There is no such file.
error-method = That does not work here
error-method-advice = This address takes another kind of request.
error-method-unknown = This method is not supported.
error-timeout = That took too long
error-timeout-advice = Please try again.
error-slow = What you sent took too long to arrive. Please send it again.
error-too-much = That is too much
error-too-much-advice = Please send less at once.
error-too-large = This is too large. Please shorten what you entered and send it again.
error-headers-too-large = Your browser sent too much at once. Deleting this site's cookies usually helps.
error-misdirected = Wrong address
error-misdirected-advice = This server does not answer for that address.
error-misdirected-host = This is { $host }, and it answers under that name only.
error-misdirected-open = Open { $host }
error-throttled = Please slow down
error-throttled-advice = There were too many tries.
error-unavailable = We cannot answer right now
error-unavailable-advice = We have too much to do, or cannot reach our database.
error-internal = Something went wrong
error-internal-advice = Something went wrong on our side. Please try again in a moment.
error-other = That did not work
error-other-advice = Please go back and try again.

### Verification of an address

verify-title = Confirm your email address
verify-sent = We sent an email to <strong>{ $address }</strong> with a code. Enter it within { $minutes } minutes.
verify-submit = Confirm
verify-no-letter = No email?
verify-no-letter-advice = It can take a few minutes. Look into the spam folder too.
verify-again = Send another
verify-other-address = Use another email address
verify-empty = Please enter the six digits from the email.
verify-wrong = { $left ->
    [one] That is not the code in the latest email. You can try once more.
   *[other] That is not the code in the latest email. You can try { $left } more times.
}
verify-over = This code can no longer be used. Send another email, and enter the code from that one.
verify-sent-again = If the address needs to be confirmed, another email is on its way. Only the latest code works.
verify-done = The email address is confirmed. You can log in now.
verify-confirm-title = Is this your email address?
verify-confirm-what = Press the button to confirm the email address that this link was sent to.
verify-too-old-title = This link can no longer be used
verify-too-old-what = It was used already, is too old, or a newer one was sent. Log in, and we send you another if you need one.

### A login that was somebody else's

not-me-title = Was that not you?
not-me-what = Press the button: that login ends, and the present password no longer works, because whoever logged in knows it. Then set a new one.
not-me-submit = It was not me
not-me-done = That login has ended, and the old password no longer works. Set a new one now.
not-me-too-old = It was used already, or is too old. Look at where you are logged in.

### Profile

profile-title = Your profile
profile-save = Save
profile-saved = Your profile was saved. Services see a new name within a few minutes.
profile-login-notices = Tell me by email of logins from a new browser in a new network
profile-language-unknown = Please choose one of the languages.

### Change of an address

email-title = Your email address
email-what = We send an email to the new address. Your address changes when you confirm it from there.
email-submit = Send the email
email-without-mail = This site sends no email, so nobody can confirm an address here. Whoever runs it can change yours.
email-same = This is your email address already.
email-code-title = Confirm your new email address
email-code-over = This code can no longer be used. Ask for the change again.
email-changed = Your email address is now { $address }.
email-confirm-what = Press the button, and the account has the email address <strong>{ $address }</strong>.
email-undo-title = Undo the change
email-undo-what = Press the button, and the account has the email address <strong>{ $address }</strong> again. Everybody who is logged in with it is logged out, and its password no longer works.
email-undone = The account has its former email address again, everybody was logged out, and the password no longer works. Set a new one now.
email-too-old-what = It was used already, is too old, or a newer one was sent.
email-taken-since = In the meantime another account has got this email address.

### The mailbox of a service in development

mailbox-title = Emails
mailbox-what = This login runs for development. Its emails land here instead of going out.
mailbox-empty = None yet. Register, or ask for a new password.
mailbox-text = As plain text
mailbox-all = All emails

### Emails

letter-from = This email comes from { $host }. Nobody reads answers to it.
letter-hello = Hello,
letter-not-you = If this was not you, you need do nothing.

letter-test-subject = Test email of { $site }
letter-test-title = Email arrives
letter-test-what = The operator of this login has sent this email to see whether it arrives. It does.
letter-test-spam = If it was in the spam folder, the sender's domain probably lacks SPF, DKIM or DMARC.

letter-verify-subject = Confirm your email address for { $site }
letter-verify-title = Confirm your email address
letter-verify-code = Enter this code on the page that asked for it, within { $minutes } minutes:
letter-verify-link = Or open this link, which works until { $until }:
letter-verify-button = Confirm email address
letter-verify-not-you = If you did not ask for this, you need do nothing. Without your confirmation nobody can use an account with your address.

letter-known-subject = You already have an account at { $site }
letter-known-title = You already have an account
letter-known-what = Somebody has tried to create an account with your email address. There is one already, so none was created.
letter-known-log-in = To use it, log in. If you have forgotten the password, you can set a new one there:

letter-reset-subject = A new password for { $site }
letter-reset-what = Somebody, most likely you, asked for a new password for your account at { $host }.
letter-reset-link = To choose it, open this link:
letter-reset-button = Choose a new password
letter-reset-code = Or type this code into the page that you asked on:
letter-reset-until = The link works for { $link_minutes } minutes, until { $link_until }; the code for { $code_minutes } minutes, until { $code_until }. Each works once.
letter-reset-not-you = If this was not you, you need do nothing: your password stays as it is. Pass the code on to nobody.

letter-password-changed-subject = Your password for { $site } was changed
letter-password-changed-what = The password of your account at { $host } was changed, { $when }. All other logins have ended.
letter-password-changed-not-you = If this was you, you need do nothing. If it was not, choose a new password at once, and tell whoever runs the site:
letter-password-changed-button = It was not me
letter-change-subject = Confirm your new email address for { $site }
letter-change-title = Confirm your new email address
letter-change-what = Somebody wants to use this email address for their account.
letter-change-not-you = If you did not ask for this, you need do nothing. Without your confirmation nothing changes.

letter-taken-what = Somebody wants to use your email address for another account. You have one with it already, so nothing was changed.

letter-changed-subject = Your email address at { $site } was changed
letter-changed-title = Your email address was changed
letter-changed-what = On { $when } the email address of your account was changed to { $address }.
letter-changed-undo = If this was not you, undo it with this link. It works until { $until }, logs everybody out, and you set a new password.
letter-changed-button = Undo the change

letter-login-subject = A new login at { $site }
letter-login-title = A new login
letter-login-what = Somebody logged in to your account on { $when }: { $device }, from the address { $address }. Your account was not used from there before.
letter-login-you = If this was you, you need do nothing.
letter-login-not-you = If it was not, end that login and set a new password:
