# Die Texte der Seiten auf Deutsch. Was en.ftl im Kopf sagt, gilt auch hier.

### Der Rahmen jeder Seite

frame-skip = Zum Inhalt
frame-logged-in-as = Angemeldet als
frame-account = Ihr Konto
frame-sessions = Wo Sie angemeldet sind
frame-log-out = Abmelden
frame-log-in = Anmelden
frame-at = Sie sind auf
frame-pages = Seiten

tab-notes = Notizen
tab-about = Über Sie
tab-staff = Team

### Die Startseite: worum es geht, in drei Schritten

home-title = Willkommen
home-logged-out = Sie sind abgemeldet.
home-welcome = Willkommen bei { $service }
home-open = Diese Seite steht allen offen. Ihre Notizen gehören Ihnen allein, darum brauchen sie eine Anmeldung: eine für alle unsere Dienste.
home-hello = Guten Tag,
home-here-too = Sie sind auch hier angemeldet: Diese Seite liest die Anmeldung, die Sie auf { $auth } haben.
home-write = Notiz schreiben
home-steps = Eine Anmeldung, in drei Schritten
home-log-in = Melden Sie sich an.
home-log-in-why = Einmal, auf { $auth }. { $service } sieht Ihr Passwort nie.
home-come-back = Kommen Sie wieder.
home-come-back-why = Schließen Sie diesen Tab, und öffnen Sie ihn später wieder: Sie sind noch angemeldet.
home-open-other = Öffnen Sie einen zweiten Dienst.
home-open-other-why = Auch dort sind Sie angemeldet, und niemand fragt Sie etwas.
home-other = { $other } öffnen
home-other-too = { $other } öffnen: Auch dort sind Sie angemeldet

### Notizen

notes-title = Ihre Notizen
notes-new = Neue Notiz
notes-save = Notiz speichern
notes-saved = Gespeichert.
notes-deleted = Gelöscht.
notes-all-deleted = Alle Ihre Notizen sind gelöscht.
notes-none = Noch nichts. Was Sie hier speichern, sehen nur Sie.
notes-delete = Löschen …
notes-delete-this = Diese Notiz löschen
notes-delete-all = Alle Notizen löschen …
notes-error = Fehler:

note-empty = Schreiben Sie zuerst etwas.
note-too-long = Das ist zu lang: Eine Notiz kann 1.000 Zeichen haben.
note-characters = Darin sind Zeichen, die sich nicht zeigen lassen. Bitte geben Sie es noch einmal ein.
notes-full = Sie haben 200 Notizen, und mehr kann niemand aufbewahren. Löschen Sie zuerst eine.

all-title = Alle Notizen löschen?
all-what = { $count ->
    [one] Ihre Notiz ist
   *[other] Ihre { $count } Notizen sind
} dann endgültig weg. Liegt Ihre Anmeldung etwas zurück, werden Sie vorher nach Ihrem Passwort gefragt.
all-none = Sie haben keine Notizen.
all-delete = Alle Notizen löschen
all-keep = Behalten

### Über Sie

about-title = Über Sie
about-what = Was Ihre Anmeldung diesem Dienst sagt. Er behält davon nur die Benutzer-ID, unter der er Ihre Notizen ablegt.
about-name = Ihr Name
about-email = E-Mail
about-not-confirmed = nicht bestätigt
about-proved = Angemeldet mit
about-roles = Rollen
about-account = Zu Ihrem Konto
proof = { $method ->
    [pwd] Passwort
    [otp] Einmalcode
    [hwk] Passkey
    [swk] Passkey
    [mfa] Zweiter Faktor
   *[other] { $method }
}

developers-title = Für Entwickler
developers-what = Dasselbe als JSON steht unter { $address }. Ein Skript, das danach fragt, arbeitet weiter, wenn das Token nach fünf Minuten endet: sso.js erneuert es.
developers-user = Benutzer-ID
developers-session = Sitzungs-ID
developers-try = Erneuerung versuchen
developers-no-script = Dieser Knopf braucht JavaScript, sonst nichts hier.
developers-answer = { $email }, mit einem Token von { $time }.
developers-over = Sie sind abgemeldet.

### Team

staff-title = Team
staff-what = Dieser Dienst bewahrt { $notes ->
    [one] 1 Notiz
   *[other] { $notes } Notizen
} von { $people ->
    [one] 1 Person
   *[other] { $people } Personen
} auf. Nur wem sie gehören, kann sie lesen.

### Fehler

error-status = Fehler { $status }
error-front = Zur Startseite
error-unreadable = Nicht verstanden
error-unreadable-what = Das ließ sich nicht lesen. Gehen Sie zurück, laden Sie die Seite neu, und senden Sie es noch einmal.
error-forbidden = Nicht für dieses Konto
error-forbidden-what = Sie sind angemeldet, aber Ihr Konto darf diese Seite nicht benutzen. Wenn es das sollte, fragen Sie, wer diesen Dienst betreibt.
error-nothing = Hier ist nichts
error-nothing-what = Unter dieser Adresse gibt es keine Seite. Vielleicht ist im Link ein Fehler.
error-method = So nicht
error-method-what = Diese Adresse gibt es, aber nicht auf diese Weise.
error-large = Zu viel auf einmal
error-large-what = Das ist mehr, als die Seite annimmt. Gehen Sie zurück, und kürzen Sie es.
error-form = Kein Formular
error-form-what = Senden Sie dies als Formular (application/x-www-form-urlencoded).
error-head-what = Ihr Browser hat zu viel gesendet. Vielleicht hilft es, die Cookies dieser Website zu löschen.
error-ours = Da ging etwas kaputt
error-ours-what = Das liegt an uns, nicht an Ihnen. Bitte versuchen Sie es später noch einmal.
error-other = Das ging nicht
error-other-what = Darauf kann dieser Dienst nicht antworten.
