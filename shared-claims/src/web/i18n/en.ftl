# The texts of the pages, in Project Fluent. They are HTML: what is put in is escaped before, and what stands here is not.
# The tests compare this file with the others, and with what the pages name.

### The frame around every page

frame-skip = Skip to content
frame-logged-in-as = Logged in as
frame-account = Your account
frame-sessions = Where you’re logged in
frame-log-out = Log out
frame-at = You are at <strong>{ $host }</strong>
frame-status = Error { $status }
frame-front = Go to the start page

### What was sent without a login that holds

kept-title = Send this again
kept-why-ended = You were not logged in when this was sent, or your login had just ended.
kept-why-stale = This needs a fresh login: it is some time since you last proved that it is you.
kept-why-cleared = The login cookies that contradicted each other are deleted. Log in, then send this.
kept-fields = What you typed is not lost: it was not processed, and waits on this page.
kept-button = It was not processed. There is nothing to type again: the button below sends it.
kept-nothing = It was not processed, and it could not be kept here: only forms of this service of at most { $kilobytes } KB can.
kept-no-files = It was not processed, and it could not be kept here: a form that can hold files is kept only if it has at most { $megabytes } MB, and { $kilobytes } KB without its files.
kept-files = It was not processed. A page cannot keep files, so choose again below what you had chosen.
kept-fields-and-files = What you typed is not lost: it was not processed, and waits on this page. A page cannot keep files, so choose again below what you had chosen.
kept-go-back = Then go back one page with your browser, where what you typed is usually still there, and send it again.
kept-login = Your login:
kept-frame = Your login
kept-logged-in = <strong>You are logged in again</strong> as <bdi>{ $name }</bdi>.
kept-new-tab = If the box above stays empty, <a href="{ $login }" target="_blank">log in in a new tab</a>, then come back here and press the button.
kept-type-again = Type this again: { $field }
kept-choose-again = Choose <bdi>{ $file }</bdi> again
kept-choose-all-again = Choose these { $count } files again
kept-more-files = And { $count } more
kept-send = Send again
kept-long = { $start }… ({ $count } characters)
kept-more = And { $count } more fields.

### An address that is too long to be taken to the login and back

long-title = Log in to open this page
long-why = This page needs a login. Its address is too long to be taken along to the login page, so this tab stays here.
long-new-tab = If the box above stays empty, <a href="{ $login }" target="_blank">log in in a new tab</a>, then come back here and open the page.
long-open = Open the page

### What somebody else filled in, in the same browser

anothers-title = Whose is this?
anothers-why = Another account was logged in here when this page was opened. Now you are logged in as <bdi>{ $email }</bdi>.
anothers-send = Send as { $email }
anothers-else = If it belongs to the other account: <a href="{ $logout }" target="_blank">log out and log in with that one (opens a new tab)</a>, then come back here.
anothers-send-else = Send as the other account

### Pages that say one thing

forbidden-title = Not for this account
forbidden-why = You are logged in, but your account may not use this page. If it should, ask whoever runs this service.

conflict-title = Two logins at once
conflict-why = Your browser sent login cookies that contradict each other. This happens when another site of this domain sets a cookie that it should not. Nobody was let in.
conflict-clearing = The button deletes the login cookies that reach this page, and nothing else. Then the login finds out anew who you are, and brings you back here.
conflict-clearing-form = The button deletes the login cookies that reach this page, and nothing else. Then the login finds out anew who you are, and the next page lets you send this.
conflict-clear = Clear login cookies and go on

cookies-title = Too many cookies
cookies-why = Your browser sent more cookies than this service takes. This happens when another site of this domain sets too many. Nothing is wrong with your account.
cookies-what-to-do = The page behind this button says what there is and deletes the cookies of others. Your login stays, and it brings you back here.
cookies-clean-up = Clean up

keys-title = Just a moment
keys-why = This service cannot check logins at the moment. Nothing is wrong with your account.
keys-reload = This page opens by itself in a few seconds.
keys-send-again = Go back one page with your browser in a few seconds, and send it again.

early-title = Open this page
early-why = Your browser fetched this page before you asked for it. It is shown only when you open it.
early-open = Open it

foreign-title = Sent from elsewhere
foreign-why = This was not sent by a page of this service, so nothing was changed.

### The end of a loop

loop-title = Logging in does not work here
loop-intro = You came back from the login several times and are still not logged in here. This page ends that, so that it does not go on for ever.
loop-why = Why
loop-what-to-do = What to do
loop-try-again = Try again
loop-cause = Cause: <code>{ $code }</code>

stale-why = You are logged in, but this page needs a fresh login, and the one that you came back with is not.
stale-log-out = Log out and log in again, then try again.
stale-operator = Operator: auth-service must ask for the password again when it is given <code>max_age</code>, and the clocks of the two servers must agree.

key-why = The login is signed with a key that this service does not know: <code>{ $key }</code>.
key-wait = Try again in a minute: keys are fetched anew.
key-operator = Operator: this service must have the keys that { $auth } signs with. The log says whether they can be fetched; <code>AUTH_JWKS</code> says from where. A file has to be replaced when keys change.

issuer-why = The login was not made by the auth service that this service trusts, { $auth }.
issuer-operator = Operator: <code>AUTH_URL</code> must be the same, letter by letter, here and on auth-service.

audience-why = The login was not made for the domain of this service, { $domain }.
audience-operator = Operator: <code>COOKIE_DOMAIN</code> must be the same here and on auth-service.

refused-why = The login cookie that arrived does not hold here: { reason }.
refused-delete = Delete the cookies of this site in your browser, and try again.
refused-operator = Operator: the log has this cause. A cookie that auth-service did not make was set by something else on this domain; one that it made is refused if the versions of the two services do not go together.

# Why a token is refused, by the code. $what is the part, the header or the claim that it is about.
reason = { $code ->
    [too_large] the token is larger than { $what } bytes
    [not_three_parts] the token does not have three non-empty parts
    [not_base64] the { $what } is not canonical base64url
    [not_json] the { $what } is not a JSON object
    [duplicate_member] the { $what } has a duplicate member
    [header_member] the header has a member other than alg, typ and kid
    [header_missing] the header has no { $what }
    [header_value] the header's { $what } is not acceptable
    [wrong_typ] typ is not at+jwt
    [alg_not_allowed] alg is not an algorithm we verify
    [alg_mismatch] alg is not the one of the key
    [bad_signature] the signature is wrong
    [missing_claim] the claim { $what } is missing
    [bad_claim] the claim { $what } has the wrong form
    [wrong_token_type] token_type is not access
    [subject_mismatch] sub and user_uuid differ
    [never_valid] the token expires before it begins
    [life_too_long] the token lives too long
   *[other] { $code }
}

cookie-why = Your browser came from the login without the login cookie: it did not keep it, or did not send it.
cookie-crowded-out = Your browser sends { $count } cookies of { $domain }. Browsers keep some 180 for a domain and all below it, and throw others away to make room, those of the login too. <a href="{ $cleanup }">Delete those of other sites</a>, and try again.
cookie-other-host = The request names another host than { $service }, and the cookie does not reach others. If your address bar does too, open <a href="{ $there }">{ $service }</a> instead.
cookie-other-name = Operator: a cookie named <code>{ $other }</code> arrived, while this service reads <code>{ $name }</code>. Set <code>ACCESS_COOKIE_NAME</code> to one name on both services.
cookie-hint-came = Operator: another cookie of { $domain } did arrive, so the browser keeps them. Does auth-service name the login cookie <code>{ $name }</code> (<code>ACCESS_COOKIE_NAME</code>)?
cookie-allow = Allow cookies for { $domain } in your browser, and switch off what blocks them.
cookie-domain = Operator: auth-service must set its cookies for <code>{ $domain }</code>: <code>COOKIE_DOMAIN</code> must be the same on both services, and <code>{ $host }</code> below it.
cookie-http = This service is reached by http, and some browsers (Safari) keep no <code>Secure</code> cookie then, not even on localhost. Take another browser, or https; or, in development, set <code>COOKIE_SECURE=false</code> on auth-service and <code>ACCESS_COOKIE_NAME=sso_access</code> here.

clocks-ended = The login had already ended when it arrived here.
clocks-future = The login was made in the future, by the clock of this service.
clocks-operator = Operator: the clocks of the two servers differ by more than five seconds. Run NTP on both.
clocks-made = Made at, by the clock of auth-service
clocks-ends = Ends at, by the same clock
clocks-now = Now, by the clock of this service
clocks-old-cookie = If it was made long before you logged in, your browser kept an old cookie and refused the new one: delete the cookies of this site, allow new ones, and try again.
