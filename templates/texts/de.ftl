# Alle Texte der Seiten auf Deutsch. Was en.ftl im Kopf sagt, gilt auch hier.

site-name = Ein Konto
language-name = Deutsch
site-skip = Zum Inhalt springen
site-logged-in-as = Angemeldet als
site-at = Eine Anmeldung für alle unsere Dienste, bei <strong>{ $host }</strong>
site-dev-mailbox = Verschickte E-Mails (Entwicklung)
site-links = Über diese Seite

verbatim = { $words }

### Wörter vieler Seiten

action-log-in = Anmelden
action-log-out = Abmelden
action-cancel = Abbrechen
action-confirm = Bestätigen
action-back = Zurück
action-continue-to = Weiter zu <strong>{ $host }</strong>

label-email = E-Mail-Adresse
    .mention = E-Mail-Adresse
label-password = Passwort
    .mention = Passwort
label-current-password = Jetziges Passwort
    .mention = jetziges Passwort
label-new-password = Neues Passwort
    .mention = neues Passwort
label-new-email = Neue E-Mail-Adresse
    .mention = neue E-Mail-Adresse
label-language = Sprache der E-Mails
    .mention = Sprache der E-Mails
label-code = Code aus der E-Mail
    .mention = Code
label-first-name = Vorname
    .mention = Vorname
label-last-name = Nachname
    .mention = Nachname

field-optional = (freiwillig)
field-error = Fehler:
form-error-title = Fehler:
form-please-check = Bitte prüfen Sie:
form-and = und
form-stale = Diese Seite war länger als einen Tag geöffnet, oder Sie haben sich seitdem in diesem Browser an- oder abgemeldet oder sie zweimal geöffnet. Bitte prüfen Sie Ihre Eingaben und senden Sie sie noch einmal.
form-crowded-out = Ihr Browser hat das Cookie weggeworfen, das zu diesem Formular gehört, um Platz für die anderer Websites dieser Domain zu schaffen. Löschen Sie diese zuerst, über den Link oben; prüfen Sie dann hier Ihre Eingaben und senden Sie sie noch einmal.
form-no-cookie = Diese Seite war zu lange geöffnet, oder Cookies sind abgeschaltet. Bitte prüfen Sie Ihre Eingaben und senden Sie sie noch einmal.

date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }
moment = { $day }. { $month ->
    [1] Jan.
    [2] Feb.
    [3] März
    [4] Apr.
    [5] Mai
    [6] Juni
    [7] Juli
    [8] Aug.
    [9] Sept.
    [10] Okt.
    [11] Nov.
   *[12] Dez.
} { $year }, { $time } UTC

# Wie lange etwas her ist.
ago-now = gerade eben
ago-minutes = { $count ->
    [one] vor { $count } Minute
   *[other] vor { $count } Minuten
}
ago-hours = { $count ->
    [one] vor { $count } Stunde
   *[other] vor { $count } Stunden
}
ago-days = { $count ->
    [one] vor { $count } Tag
   *[other] vor { $count } Tagen
}
# Ein Tag ohne sein Jahr.
day = { $day }. { $month ->
    [1] Jan.
    [2] Feb.
    [3] März
    [4] Apr.
    [5] Mai
    [6] Juni
    [7] Juli
    [8] Aug.
    [9] Sept.
    [10] Okt.
    [11] Nov.
   *[12] Dez.
}

device = { $browser } auf { $system }
device-unknown-on = Unbekannter Browser auf { $system }
device-unknown = Unbekannter Browser

### Anmelden

login-title = Anmelden
login-title-again = Sind Sie es?
login-again = Bitte geben Sie Ihr Passwort noch einmal ein, um fortzufahren.
login-to-continue = Anmelden und weiter zu <strong>{ $service }</strong>
login-stays-days = Sie bleiben in diesem Browser { $count ->
    [one] einen Tag
   *[other] { $count } Tage
} lang angemeldet.
login-stays-hours = Sie bleiben in diesem Browser { $count ->
    [one] eine Stunde
   *[other] { $count } Stunden
} lang angemeldet.
login-stays-minutes = Sie bleiben in diesem Browser { $count ->
    [one] eine Minute
   *[other] { $count } Minuten
} lang angemeldet.
login-forgot = Passwort vergessen?
# { $host } is such as 127.0.0.1:8000, { $domain } such as example.org.
login-next-elsewhere = Wir konnten Sie nicht zu { $host } zurückbringen: Das liegt nicht unter { $domain }.
login-next-not-allowed = Wir konnten Sie nicht zu { $host } zurückbringen: Dorthin führt diese Anmeldung nicht.
login-next-unreadable = Wir konnten Sie nicht dorthin zurückbringen, woher Sie kamen: Die Adresse lässt sich nicht öffnen.
login-new-here = Neu hier?
login-create-account = Konto anlegen
login-email-missing = Bitte geben Sie Ihre E-Mail-Adresse ein, zum Beispiel ada@example.org.
login-password-missing = Bitte geben Sie Ihr Passwort ein.
login-wrong = E-Mail-Adresse und Passwort passen nicht zusammen. Prüfen Sie beides, und die Feststelltaste.
login-inactive = Dieses Konto ist stillgelegt.
login-not-within = Diese Seite lässt sich nur für sich öffnen, nicht innerhalb einer anderen.
login-only-within = Diese Seite lässt sich nur innerhalb einer Seite unserer Dienste öffnen.

done-title = Hier ist alles erledigt
done-what-now = Wenn Sie sich gerade angemeldet haben, schließen Sie diesen Tab und gehen Sie zu dem zurück, aus dem Sie kamen. Dort wartet, was Sie gerade tun wollten: Machen Sie weiter.

long-title = Diese Adresse ist zu lang
long-what = Die Seite, die Sie öffnen wollten, hat eine so lange Adresse, dass sie nicht durch die Anmeldung mitgenommen werden kann. Mit Ihrem Konto ist alles in Ordnung.
long-what-now = Melden Sie sich an, falls Sie es noch nicht getan haben, und öffnen Sie Ihren Link dann noch einmal.

onward-title = Einen Augenblick
onward-go = Weiter

frame-title = Ihre Anmeldung
frame-again = <strong>Sie sind wieder angemeldet</strong> als <bdi>{ $name }</bdi>.
frame-over = Ihre Anmeldung ist abgelaufen.
frame-prove = Dafür ist noch einmal Ihr Passwort nötig.
frame-log-in = Anmelden (öffnet einen neuen Tab)
frame-go-on = Dann hier weiter
frame-look = Ich habe mich angemeldet
frame-renew = Anmeldung erneuern

loop-title = Dieser Dienst nimmt Ihre Anmeldung nicht an
loop-what = Sie sind angemeldet, aber <strong>{ $service }</strong> hat Sie mehrmals hintereinander hierher zurückgeschickt. Deshalb haben wir angehalten.
loop-what-now = Mit Ihrem Konto ist alles in Ordnung. Bitte sagen Sie denen Bescheid, die den Dienst betreiben; sein Protokoll nennt die Ursache. Meist geht seine Uhr falsch, oder seine Einstellungen nennen eine andere Adresse oder einen anderen Schlüssel.
loop-try-again = Noch einmal versuchen
loop-account = Ihr Konto

### Abmelden

logout-title = Abmelden
logout-question = Abmelden?
logout-question-of = <bdi>{ $name }</bdi> abmelden?
logout-over = Sie sind abgemeldet.
logout-what = Damit melden Sie sich in diesem Browser von allen Diensten ab, die dieses Konto nutzen.
logout-done = Sie sind jetzt abgemeldet.
logout-not-ended-title = In diesem Browser abgemeldet
logout-not-ended = Dieser Browser ist abgemeldet: Wir haben ihm die Anmeldung weggenommen. In unsere Datenbank können wir aber gerade nichts schreiben, deshalb ist die Anmeldung bei uns noch nicht beendet.
logout-not-ended-until = Nutzen kann sie nur, wer eine Kopie der Cookies dieses Browsers hat, und das bis spätestens { $until }.
logout-not-ended-soon = Nutzen kann sie nur, wer eine Kopie der Cookies dieses Browsers hat, und das, bis sie von selbst abläuft.
logout-not-ended-others = Auch Ihre anderen Anmeldungen sind nicht beendet: Jene Browser sind weiterhin angemeldet.
logout-not-ended-advice = Falls jemand eine solche Kopie haben könnte: Melden Sie sich in ein paar Minuten wieder an und beenden Sie unter „Wo Sie angemeldet sind“ alle anderen.
logout-not-ended-login = Wieder anmelden

### Ein vergessenes Passwort

forgot-title = Passwort vergessen?
forgot-lead = Wir senden Ihnen eine E-Mail mit einem Code und einem Link für ein neues.
forgot-submit = E-Mail senden
forgot-remembered = Wieder eingefallen?
forgot-too-many = Aus Ihrem Netz wurden in letzter Zeit viele solche E-Mails angefordert. Bitte versuchen Sie es in zehn Minuten noch einmal.
forgot-without-mail = Diese Seite verschickt keine E-Mails. Wer sie betreibt, kann Ihnen einen Link für ein neues Passwort geben.
forgot-ask = Fragen Sie die, die diese Seite betreiben

reset-title = Neues Passwort wählen
reset-sent = Wenn es ein Konto für <strong>{ $address }</strong> gibt, ist eine E-Mail unterwegs. Geben Sie hier ihren Code ein, oder öffnen Sie ihren Link.
reset-ends-logins = Alle Ihre Anmeldungen enden, und Sie melden sich mit dem neuen Passwort an.
reset-submit = Passwort ändern
reset-nothing-came = Nichts angekommen? Sehen Sie auch im Spam-Ordner nach.
reset-ask-again = Noch eine E-Mail anfordern
reset-code-missing = Bitte geben Sie die sechs Ziffern aus der E-Mail ein.
reset-code-wrong = { $left ->
    [one] Das ist nicht der Code. Sie haben noch einen Versuch.
   *[other] Das ist nicht der Code. Sie haben noch { $left } Versuche.
}
reset-code-over = Dieser Code gilt nicht mehr: Er ist zu alt, oder es waren zu viele Versuche, oder es wurde noch eine E-Mail angefordert.
reset-done = Ihr Passwort ist geändert. Melden Sie sich mit dem neuen an.
reset-over-title = Dieser Link gilt nicht mehr
reset-over-what = Er wurde schon benutzt, oder er ist zu alt, oder es wurde inzwischen ein anderer verschickt. Ihr Passwort ist unverändert.
reset-over-without-mail = Wer diese Seite betreibt, kann Ihnen einen neuen geben.

### Ein anderes Passwort

change-title = Passwort ändern
change-lead = Hier bleiben Sie angemeldet. Alle Ihre anderen Anmeldungen enden.
change-done = Ihr Passwort ist geändert. Ihre anderen Anmeldungen sind beendet.

### Ein Konto anlegen

register-title = Konto anlegen
register-submit = Konto anlegen
register-have-one = Sie haben schon ein Konto?
register-done = Ihr Konto ist angelegt.
register-closed-title = Konten werden hier für Sie angelegt
register-closed-what = Die Konten legen hier diejenigen an, die diese Seite betreiben. Wenn Sie eines brauchen, wenden Sie sich bitte an sie; selbst anlegen kann man hier keines.
register-password-hint = Mindestens { $min } Zeichen. Gut sind mehrere Wörter, die nichts miteinander zu tun haben.
register-passwords-differ = Bitte geben Sie in beiden Feldern dasselbe Passwort ein.
register-email-invalid = Bitte geben Sie eine E-Mail-Adresse ein, zum Beispiel ada@example.org.
register-email-taken = Zu dieser E-Mail-Adresse gibt es schon ein Konto.
register-log-in-instead = Stattdessen anmelden
register-too-many = Aus Ihrem Netz wurden in letzter Zeit viele Adressen versucht, zu denen es schon ein Konto gibt. Bitte versuchen Sie es in zehn Minuten noch einmal, oder melden Sie sich an, wenn Sie ein Konto haben.
register-too-many-letters = In Ihrem Netz wurden in letzter Zeit viele Konten angelegt. Bitte versuchen Sie es in zehn Minuten noch einmal, oder melden Sie sich an, wenn Sie ein Konto haben.

name-empty = Bitte geben Sie einen Namen ein.
name-too-long = Bitte verwenden Sie höchstens { $max } Zeichen.
name-unprintable = Bitte schreiben Sie den Namen in eine Zeile, mit sichtbaren Zeichen.

password-show = Anzeigen
    .label = Passwort anzeigen
password-hide = Verbergen
    .label = Passwort verbergen
password-caps-lock = Die Feststelltaste ist an.
password-so-far = { $count } von mindestens { $min } Zeichen
password-long-enough = Lang genug. Ob es zu leicht zu erraten ist, wird beim Absenden geprüft.

password-too-short = Bitte verwenden Sie mindestens { $min } Zeichen. Mehrere Wörter hintereinander merken sich leicht.
password-too-long = Bitte verwenden Sie höchstens { $max } Zeichen.
password-common = Das ist eines der ersten Passwörter, die Angreifer ausprobieren. Bitte wählen Sie ein anderes.
password-like-owner = Das ähnelt Ihrem Namen oder Ihrer E-Mail-Adresse zu sehr. Bitte wählen Sie etwas, das nichts mit Ihnen zu tun hat.
# { $reason } is one of the texts below.
password-guessable = Zu leicht zu erraten: { $reason }. Fügen Sie zwei Wörter hinzu, die nichts damit zu tun haben.
password-guessable-somehow = Zu leicht zu erraten. Fügen Sie zwei Wörter hinzu, die nichts damit zu tun haben.
password-reason-famous = Diesen Spruch kennen alle
password-reason-keyboard = Das ist ein Muster auf der Tastatur
password-reason-repeats = Es wiederholt sich
password-reason-common = Das ähnelt einem sehr häufigen Passwort
password-reason-sequence = Das ist eine Folge wie abc oder 6543
password-reason-word = Das ist kaum mehr als ein Wort
password-reason-date = Das ist kaum mehr als ein Datum
password-reason-name = Das ist kaum mehr als ein Name

### Das Konto

account-title = Ihr Konto
account-roles = Rollen
account-staff = Sie sehen die Seiten für das Personal
account-superuser = Sie haben alle Rechte
account-not-confirmed = (nicht bestätigt)
account-change-profile = Name und Sprache ändern
account-change-address = Adresse ändern
account-address-not-confirmed = Diese Adresse ist nicht bestätigt.
account-back-to = Zurück zu { $service }
account-services = Ihre Dienste
account-joined = Mitglied seit
account-last-login = Letzte Anmeldung
account-overview = Übersicht
account-pages = Ihr Konto

### Anmeldungen einer Person

sessions-title = Wo Sie angemeldet sind
    .tab = Anmeldungen
sessions-lead = Diese Browser und Programme sind mit Ihrem Konto angemeldet. Melden Sie jeden ab, den Sie nicht kennen. Es könnte dann jemand Ihr Passwort wissen: Sagen Sie denen Bescheid, die diese Seite betreiben.
sessions-this = Dieser Browser
sessions-began = seit { $when }
sessions-this-about = in diesem Browser
sessions-end = Abmelden
sessions-end-about = ({ $device }, zuletzt benutzt { $when })
sessions-end-others = Überall sonst abmelden
sessions-end-question = Überall sonst abmelden?
sessions-end-lead = Alle anderen Browser und Programme werden von Ihrem Konto abgemeldet; die Dienste dort folgen in wenigen Minuten.
sessions-end-all = Und auch hier
sessions-unknown = Diese Anmeldung wurde nicht gefunden. Vielleicht ist sie schon beendet.
sessions-ended = { $count ->
    [0] Es gab keine andere Anmeldung, die zu beenden war.
    [one] Abgemeldet. Die Dienste dort folgen in wenigen Minuten.
   *[other] Diese Browser sind abgemeldet. Die Dienste dort folgen in wenigen Minuten.
}

confirm-title = Sind Sie es?
confirm-lead = Gleich werden Sie <strong>{ $what }</strong>. Geben Sie dafür noch einmal Ihr Passwort ein.
confirm-not-you = Sind das nicht Sie?
confirm-wrong = Das ist nicht Ihr Passwort. Prüfen Sie es, und die Feststelltaste.
confirm-this = in diesem Browser abgemeldet
confirm-one = in einem anderen Browser abgemeldet
confirm-others = in allen anderen Browsern abgemeldet
confirm-all = überall abgemeldet, auch hier

### Was mit einem Konto geschah

security-title = Sicherheit
security-password-changed = Geändert

activity-title = Letzte Aktivität
activity-older-title = Frühere Aktivität
activity-none = Hier ist nichts.
activity-more-refused = In dieser Zeit gab es mehr misslungene Versuche, als hier stehen.
activity-older = Ältere
activity-newest = Neueste

event-from = { $device }, { $address }
event-again = { $times ->
    [one] und noch einmal,
   *[other] und noch { $times }-mal, zuletzt
}
event-registered = Konto angelegt
event-login = Angemeldet
event-login-inactive = Anmeldung abgewiesen: Das Konto war stillgelegt
event-login-disowned = „Das war ich nicht“: eine Anmeldung wurde beendet und das Passwort gesperrt
event-login-wrong = Anmeldung misslungen: falsches Passwort
event-password-refused = Falsches Passwort, als noch einmal danach gefragt wurde
event-logout = Abgemeldet
event-ended-by-owner = In einem anderen Browser abgemeldet
event-ended-by-operator = Vom Betreiber abgemeldet
event-too-many = Älteste Anmeldung beendet: Es waren zu viele
event-reuse = Die Kopie einer Anmeldung wurde benutzt; diese Anmeldung wurde beendet
event-reset-requested = E-Mail für ein neues Passwort angefordert
event-recovery-link = Link für ein neues Passwort vom Betreiber erstellt
event-password-changed = Passwort geändert
event-profile-changed = Name oder Sprache geändert
event-email-verified = E-Mail-Adresse bestätigt
event-email-change-requested = Andere E-Mail-Adresse gewünscht
event-email-changed = E-Mail-Adresse geändert
event-email-change-undone = Änderung der E-Mail-Adresse rückgängig gemacht
event-activated = Konto vom Betreiber freigegeben
event-deactivated = Konto vom Betreiber stillgelegt
event-roles-changed = Rollen vom Betreiber geändert
event-rights-changed = Rechte vom Betreiber geändert

### Cookies anderer

cookies-too-many = Andere Seiten dieser Domain haben so viele Cookies in Ihrem Browser abgelegt, dass Dienste Sie abweisen oder Ihre Anmeldung verlieren können.
cookies-seen = { $count ->
    [one] Eines, von { $kilobytes } KB, kam mit dieser Seite an.
   *[other] { $count } davon, zusammen { $kilobytes } KB, kamen mit dieser Seite an.
 }
cookies-crowd-out = Ein Browser behält etwa 180 für eine Domain und wirft andere weg, um Platz zu schaffen, auch die Ihrer Anmeldung. Wenn Sie sich immer wieder anmelden müssen, liegt es daran.
cookies-look = Nachsehen, was sich tun lässt
cookies-title = Zu viele Cookies?
cookies-came = Ihr Browser sendet <strong>{ $count ->
    [one] ein Cookie
   *[other] { $count } Cookies
}</strong> anderer Seiten von { $domain }, zusammen { $kilobytes } KB, mit jeder Seite, die Sie hier öffnen.
cookies-harm = Das ist zu viel: Dienste weisen Sie womöglich ab, und Ihr Browser hat vielleicht Ihre Anmeldung weggeworfen, um Platz zu schaffen. Mit Ihrem Konto ist alles in Ordnung. Irgendeine Seite dieser Domain setzt mehr Cookies, als sie sollte.
cookies-no-harm = Das schadet nicht. Wenn ein Dienst Sie trotzdem abweist, kann es helfen, sie zu löschen.
cookies-what-happens = Der Knopf löscht diese Cookies, eines nach dem anderen. Ihre Anmeldung bleibt. Andere Seiten dieser Domain vergessen womöglich, was sie sich von Ihnen gemerkt hatten, etwa Einstellungen.
cookies-clear = Diese Cookies löschen
cookies-go-on = Weiter löschen
cookies-tidy-title = Alles aufgeräumt
cookies-tidy = Ihr Browser hat keine Cookies anderer Seiten von { $domain }, die hier im Weg wären.
cookies-left-title = Einige Cookies sind wieder da
cookies-left = <strong>{ $count ->
    [one] Ein Cookie
   *[other] { $count } Cookies
}</strong> von { $domain } ließen sich von hier aus nicht löschen. Wahrscheinlich setzt irgendeine Seite sie jedes Mal neu, wenn Sie sie öffnen.
cookies-left-what-now = Schließen Sie andere Tabs dieser Domain und versuchen Sie es noch einmal, oder löschen Sie die Cookies dieser Domain in den Einstellungen Ihres Browsers. Bitte sagen Sie denen Bescheid, die diese Seite betreiben.
cookies-onward = Weiter

### Ein Dienst hinter einem Proxy, der bei uns fragt, wer hineindarf

refused-role-title = Nicht für dieses Konto
refused-role-what = Sie sind angemeldet, aber Ihr Konto darf diese Seite nicht öffnen. Wenn es das sollte, wenden Sie sich bitte an diejenigen, die diesen Dienst betreiben.
refused-account = Ihr Konto
first-title = Erst anmelden
first-what = Sie sind nicht angemeldet, oder Ihre Anmeldung ist abgelaufen.

### Was anders ging

error-status = Fehler { $status }
error-home = Zur Startseite
error-number = Fehlernummer:
error-advice = Wenn es so bleibt, nennen Sie denen, die diese Seite betreiben, die Fehlernummer unten.
error-retry-seconds = { $seconds ->
    [one] Sie können es in einer Sekunde wieder versuchen.
   *[other] Sie können es in { $seconds } Sekunden wieder versuchen.
}
error-retry-minutes = { $minutes ->
    [one] Sie können es in einer Minute wieder versuchen.
   *[other] Sie können es in { $minutes } Minuten wieder versuchen.
}

error-unreadable = Das konnten wir nicht lesen
error-unreadable-advice = Bitte gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
error-unreadable-form = Dieses Formular konnten wir nicht lesen. Bitte gehen Sie zurück, laden Sie die Seite neu und senden Sie es noch einmal.
error-send-a-form = Bitte senden Sie das als Formular (application/x-www-form-urlencoded).
error-send-json = Bitte senden Sie das als application/json.
error-not-json = Das ist kein JSON. Bitte prüfen Sie es und senden Sie es noch einmal.
error-broke-off = Was Sie sandten, brach ab. Bitte senden Sie es noch einmal.
error-login = Bitte erst anmelden
error-login-advice = Dafür müssen Sie angemeldet sein.
error-missing = Es fehlt etwas
error-missing-advice = Bitte prüfen Sie, was Sie gesandt haben.
error-forbidden = Das ist nicht erlaubt
error-forbidden-advice = Das dürfen Sie nicht.
error-in-advance = Ihr Browser hat diese Seite angefordert, bevor Sie es getan haben. Bitte laden Sie sie neu.
error-other-site = Dieses Formular kam von einer anderen Seite. Bitte öffnen Sie die Seite hier und senden Sie es noch einmal.
error-two-people = Ihr Browser hat die Anmeldungen zweier Personen gesandt. Das geschieht, wenn eine andere Seite dieser Domain ein Cookie setzt, das sie nicht setzen sollte. Bitte melden Sie sich ab, löschen Sie die Cookies dieser Domain und melden Sie sich wieder an.
error-nothing-here = Hier ist nichts
error-nothing-here-advice = Vielleicht ist die Adresse verschrieben, oder es gibt die Seite nicht mehr.
error-no-file = Diese Datei gibt es nicht.
error-method = Das geht hier nicht
error-method-advice = Diese Adresse nimmt eine andere Art von Anfrage.
error-method-unknown = Diese Methode wird nicht unterstützt.
error-timeout = Das hat zu lange gedauert
error-timeout-advice = Bitte versuchen Sie es noch einmal.
error-slow = Was Sie sandten, kam zu langsam an. Bitte senden Sie es noch einmal.
error-too-much = Das ist zu viel
error-too-much-advice = Bitte senden Sie weniger auf einmal.
error-too-large = Das ist zu groß. Bitte kürzen Sie Ihre Eingaben und senden Sie sie noch einmal.
error-headers-too-large = Ihr Browser hat zu viel auf einmal gesandt. Meist hilft es, die Cookies dieser Seite zu löschen.
error-misdirected = Falsche Adresse
error-misdirected-advice = Dieser Server ist für diese Adresse nicht zuständig.
error-misdirected-host = Das hier ist { $host }, und nur unter diesem Namen zu erreichen.
error-misdirected-open = { $host } öffnen
error-throttled = Bitte langsamer
error-throttled-advice = Das waren zu viele Versuche.
error-unavailable = Wir können gerade nicht antworten
error-unavailable-advice = Wir haben zu viel zu tun oder erreichen unsere Datenbank nicht.
error-internal = Etwas ist schiefgegangen
error-internal-advice = Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es gleich noch einmal.
error-other = Das hat nicht geklappt
error-other-advice = Bitte gehen Sie zurück und versuchen Sie es noch einmal.

### Bestätigung einer Adresse

verify-title = Bestätigen Sie Ihre E-Mail-Adresse
verify-sent = Wir haben eine E-Mail an <strong>{ $address }</strong> geschickt. Geben Sie den Code darin binnen { $minutes } Minuten ein.
verify-submit = Bestätigen
verify-no-letter = Keine E-Mail?
verify-no-letter-advice = Es kann einige Minuten dauern. Sehen Sie auch im Spam-Ordner nach.
verify-again = Noch eine schicken
verify-other-address = Eine andere E-Mail-Adresse verwenden
verify-empty = Bitte geben Sie die sechs Ziffern aus der E-Mail ein.
verify-wrong = { $left ->
    [one] Das ist nicht der Code aus der neuesten E-Mail. Sie können es noch einmal versuchen.
   *[other] Das ist nicht der Code aus der neuesten E-Mail. Sie können es noch { $left } Mal versuchen.
}
verify-over = Dieser Code gilt nicht mehr. Lassen Sie sich noch eine E-Mail schicken und geben Sie den Code aus dieser ein.
verify-sent-again = Falls die Adresse zu bestätigen ist, ist eine weitere E-Mail unterwegs. Nur der neueste Code gilt.
verify-done = Die E-Mail-Adresse ist bestätigt. Sie können sich jetzt anmelden.
verify-confirm-title = Ist das Ihre E-Mail-Adresse?
verify-confirm-what = Mit dem Knopf bestätigen Sie die E-Mail-Adresse, an die dieser Link ging.
verify-too-old-title = Dieser Link gilt nicht mehr
verify-too-old-what = Er wurde schon benutzt, ist zu alt, oder es wurde ein neuerer verschickt. Melden Sie sich an; wenn nötig, schicken wir Ihnen einen neuen.

### Eine fremde Anmeldung

not-me-title = Waren Sie das nicht?
not-me-what = Mit dem Knopf endet diese Anmeldung, und das jetzige Passwort gilt nicht mehr, denn wer sich angemeldet hat, kennt es. Setzen Sie dann ein neues.
not-me-submit = Das war ich nicht
not-me-done = Diese Anmeldung ist beendet, und das alte Passwort gilt nicht mehr. Setzen Sie jetzt ein neues.
not-me-too-old = Er wurde schon benutzt oder ist zu alt. Sehen Sie nach, wo Sie angemeldet sind.

### Profil

profile-title = Ihr Profil
profile-save = Speichern
profile-saved = Ihr Profil wurde gespeichert. Dienste sehen einen neuen Namen in wenigen Minuten.
profile-login-notices = Anmeldungen aus einem neuen Browser in einem neuen Netz per E-Mail melden
profile-language-unknown = Bitte wählen Sie eine der Sprachen.

### Eine andere Adresse

email-title = Ihre E-Mail-Adresse
email-what = Wir schicken eine E-Mail an die neue Adresse. Ihre Adresse ändert sich, wenn Sie sie von dort bestätigen.
email-submit = E-Mail schicken
email-without-mail = Diese Seite verschickt keine E-Mails; darum kann hier niemand eine Adresse bestätigen. Wer sie betreibt, kann Ihre ändern.
email-same = Das ist schon Ihre E-Mail-Adresse.
email-code-title = Bestätigen Sie Ihre neue E-Mail-Adresse
email-code-over = Dieser Code gilt nicht mehr. Beginnen Sie die Änderung noch einmal.
email-changed = Ihre E-Mail-Adresse ist jetzt { $address }.
email-confirm-what = Mit dem Knopf bekommt das Konto die E-Mail-Adresse <strong>{ $address }</strong>.
email-undo-title = Änderung rückgängig machen
email-undo-what = Mit dem Knopf bekommt das Konto wieder die E-Mail-Adresse <strong>{ $address }</strong>. Alle, die damit angemeldet sind, werden abgemeldet, und sein Passwort gilt nicht mehr.
email-undone = Das Konto hat wieder seine frühere E-Mail-Adresse, alle wurden abgemeldet, und das Passwort gilt nicht mehr. Setzen Sie jetzt ein neues.
email-too-old-what = Er wurde schon benutzt, ist zu alt, oder es wurde ein neuerer verschickt.
email-taken-since = Inzwischen hat ein anderes Konto diese E-Mail-Adresse.

### The mailbox of a service in development

mailbox-title = E-Mails
mailbox-what = Diese Anmeldung läuft zur Entwicklung. Ihre E-Mails landen hier, statt hinauszugehen.
mailbox-empty = Noch keine. Registrieren Sie sich, oder fordern Sie ein neues Passwort an.
mailbox-text = Als reiner Text
mailbox-all = Alle E-Mails

### E-Mails

letter-from = Diese E-Mail kommt von { $host }. Antworten darauf liest niemand.
letter-hello = Guten Tag,
letter-not-you = Wenn Sie das nicht waren, müssen Sie nichts tun.

letter-test-subject = Test-E-Mail von { $site }
letter-test-title = E-Mails kommen an
letter-test-what = Wer diese Anmeldung betreibt, hat diese E-Mail geschickt, um zu sehen, ob sie ankommt. Sie kommt an.
letter-test-spam = Lag sie im Spam-Ordner, fehlt der Domain des Absenders wahrscheinlich SPF, DKIM oder DMARC.

letter-verify-subject = Bestätigen Sie Ihre E-Mail-Adresse für { $site }
letter-verify-title = Bestätigen Sie Ihre E-Mail-Adresse
letter-verify-code = Geben Sie diesen Code auf der Seite ein, die danach fragt, binnen { $minutes } Minuten:
letter-verify-link = Oder öffnen Sie diesen Link, der bis { $until } gilt:
letter-verify-button = E-Mail-Adresse bestätigen
letter-verify-not-you = Wenn Sie das nicht waren, müssen Sie nichts tun. Ohne Ihre Bestätigung kann niemand ein Konto mit Ihrer Adresse benutzen.

letter-known-subject = Sie haben schon ein Konto bei { $site }
letter-known-title = Sie haben schon ein Konto
letter-known-what = Jemand wollte ein Konto mit Ihrer E-Mail-Adresse anlegen. Es gibt schon eines, darum wurde keines angelegt.
letter-known-log-in = Melden Sie sich damit an. Wenn Sie das Passwort vergessen haben, können Sie dort ein neues setzen:

letter-reset-subject = Ein neues Passwort für { $site }
letter-reset-what = Jemand, vermutlich Sie, hat ein neues Passwort für Ihr Konto bei { $host } angefordert.
letter-reset-link = Öffnen Sie diesen Link, um es zu wählen:
letter-reset-button = Neues Passwort wählen
letter-reset-code = Oder geben Sie diesen Code auf der Seite ein, auf der Sie es angefordert haben:
letter-reset-until = Der Link gilt { $link_minutes } Minuten, bis { $link_until }; der Code { $code_minutes } Minuten, bis { $code_until }. Jeder gilt einmal.
letter-reset-not-you = Wenn Sie das nicht waren, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist. Geben Sie den Code niemandem weiter.

letter-password-changed-subject = Ihr Passwort für { $site } wurde geändert
letter-password-changed-what = Das Passwort Ihres Kontos bei { $host } wurde geändert, { $when }. Alle anderen Anmeldungen sind beendet.
letter-password-changed-not-you = Wenn Sie das waren, müssen Sie nichts tun. Wenn nicht, wählen Sie sofort ein neues Passwort, und sagen Sie denen Bescheid, die die Seite betreiben:
letter-password-changed-button = Das war ich nicht
letter-change-subject = Bestätigen Sie Ihre neue E-Mail-Adresse für { $site }
letter-change-title = Bestätigen Sie Ihre neue E-Mail-Adresse
letter-change-what = Jemand möchte diese E-Mail-Adresse für sein Konto verwenden.
letter-change-not-you = Wenn Sie das nicht waren, müssen Sie nichts tun. Ohne Ihre Bestätigung ändert sich nichts.

letter-taken-what = Jemand möchte Ihre E-Mail-Adresse für ein anderes Konto verwenden. Sie haben damit schon eines, darum wurde nichts geändert.

letter-changed-subject = Ihre E-Mail-Adresse bei { $site } wurde geändert
letter-changed-title = Ihre E-Mail-Adresse wurde geändert
letter-changed-what = Am { $when } wurde die E-Mail-Adresse Ihres Kontos auf { $address } geändert.
letter-changed-undo = Wenn Sie das nicht waren, machen Sie es mit diesem Link rückgängig. Er gilt bis { $until }, meldet alle ab, und Sie setzen ein neues Passwort.
letter-changed-button = Änderung rückgängig machen

letter-login-subject = Eine neue Anmeldung bei { $site }
letter-login-title = Eine neue Anmeldung
letter-login-what = Am { $when } hat sich jemand bei Ihrem Konto angemeldet: { $device }, von der Adresse { $address }. Von dort wurde Ihr Konto bisher nicht benutzt.
letter-login-you = Wenn Sie das waren, müssen Sie nichts tun.
letter-login-not-you = Wenn nicht, beenden Sie diese Anmeldung und setzen Sie ein neues Passwort:
