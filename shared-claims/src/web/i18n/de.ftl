# Die Texte der Seiten auf Deutsch. Was en.ftl im Kopf sagt, gilt auch hier.

### Der Rahmen jeder Seite

frame-skip = Zum Inhalt
frame-logged-in-as = Angemeldet als
frame-account = Ihr Konto
frame-sessions = Wo Sie angemeldet sind
frame-log-out = Abmelden
frame-at = Sie sind auf <strong>{ $host }</strong>
frame-status = Fehler { $status }
frame-front = Zur Startseite

### Was ohne gültige Anmeldung gesendet wurde

kept-title = Noch einmal senden
kept-why-ended = Sie waren nicht angemeldet, als dies gesendet wurde, oder Ihre Anmeldung war gerade abgelaufen.
kept-why-stale = Dafür braucht es eine frische Anmeldung: Es ist einige Zeit her, dass Sie zuletzt gezeigt haben, dass Sie es sind.
kept-why-cleared = Die Anmelde-Cookies, die einander widersprachen, sind gelöscht. Melden Sie sich an, und senden Sie dies dann.
kept-fields = Ihre Eingaben sind nicht verloren: Sie wurden nicht verarbeitet und warten auf dieser Seite.
kept-button = Es wurde nicht verarbeitet. Einzugeben ist nichts: Der Knopf unten sendet es noch einmal.
kept-nothing = Das Formular wurde nicht verarbeitet und konnte hier nicht aufbewahrt werden: Das geht nur mit Formularen dieses Dienstes von höchstens { $kilobytes } KB.
kept-no-files = Das Formular wurde nicht verarbeitet und konnte hier nicht aufbewahrt werden: Ein Formular, das Dateien enthalten kann, darf dafür höchstens { $megabytes } MB haben, und { $kilobytes } KB ohne seine Dateien.
kept-files = Es wurde nicht verarbeitet. Dateien kann eine Seite nicht aufbewahren: Wählen Sie unten noch einmal aus, was Sie ausgewählt hatten.
kept-fields-and-files = Ihre Eingaben sind nicht verloren: Sie wurden nicht verarbeitet und warten auf dieser Seite. Dateien kann eine Seite nicht aufbewahren: Wählen Sie unten noch einmal aus, was Sie ausgewählt hatten.
kept-go-back = Gehen Sie danach im Browser eine Seite zurück, wo Ihre Eingaben meist noch stehen, und senden Sie sie noch einmal.
kept-login = Ihre Anmeldung:
kept-frame = Ihre Anmeldung
kept-logged-in = <strong>Sie sind wieder angemeldet</strong> als <bdi>{ $name }</bdi>.
kept-new-tab = Bleibt das Feld oben leer, <a href="{ $login }" target="_blank">melden Sie sich in einem neuen Tab an</a>, kommen Sie dann hierher zurück und drücken Sie den Knopf.
kept-type-again = Bitte noch einmal eingeben: { $field }
kept-choose-again = Wählen Sie <bdi>{ $file }</bdi> noch einmal aus
kept-choose-all-again = Wählen Sie diese { $count } Dateien noch einmal aus
kept-more-files = Und { $count } weitere
kept-send = Noch einmal senden
kept-long = { $start }… ({ $count } Zeichen)
kept-more = Und { $count } weitere Felder.

### Eine Adresse, die zu lang ist, um zur Anmeldung und zurück mitgenommen zu werden

long-title = Melden Sie sich an, um diese Seite zu öffnen
long-why = Diese Seite verlangt eine Anmeldung. Ihre Adresse ist zu lang, um zur Anmeldeseite mitgenommen zu werden; darum bleibt dieser Tab hier.
long-new-tab = Bleibt das Feld oben leer, <a href="{ $login }" target="_blank">melden Sie sich in einem neuen Tab an</a>, kommen Sie dann hierher zurück und öffnen Sie die Seite.
long-open = Seite öffnen

### Was jemand anderes im selben Browser ausgefüllt hat

anothers-title = Wem gehört das?
anothers-why = Als diese Seite geöffnet wurde, war hier ein anderes Konto angemeldet. Jetzt sind Sie als <bdi>{ $email }</bdi> angemeldet.
anothers-send = Als { $email } senden
anothers-else = Gehört es zu dem anderen Konto: <a href="{ $logout }" target="_blank">Melden Sie sich ab und mit diesem wieder an (öffnet einen neuen Tab)</a>, und kommen Sie dann hierher zurück.
anothers-send-else = Als das andere Konto senden

### Seiten, die eines sagen

forbidden-title = Nicht für dieses Konto
forbidden-why = Sie sind angemeldet, aber Ihr Konto darf diese Seite nicht benutzen. Sollte es das dürfen, wenden Sie sich bitte an die Betreiber dieses Dienstes.

conflict-title = Zwei Anmeldungen zugleich
conflict-why = Ihr Browser hat Anmelde-Cookies gesendet, die einander widersprechen. Das kommt vor, wenn eine andere Website dieser Domain ein Cookie setzt, das sie nicht setzen sollte. Es wurde niemand eingelassen.
conflict-clearing = Der Knopf löscht die Anmelde-Cookies, die diese Seite erreichen, und nichts anderes. Dann stellt die Anmeldung neu fest, wer Sie sind, und bringt Sie hierher zurück.
conflict-clearing-form = Der Knopf löscht die Anmelde-Cookies, die diese Seite erreichen, und sonst nichts. Dann stellt die Anmeldung neu fest, wer Sie sind, und auf der nächsten Seite können Sie dies senden.
conflict-clear = Anmelde-Cookies löschen und weiter

cookies-title = Zu viele Cookies
cookies-why = Ihr Browser hat mehr Cookies gesendet, als dieser Dienst annimmt. Das kommt vor, wenn eine andere Website dieser Domain zu viele setzt. Mit Ihrem Konto ist alles in Ordnung.
cookies-what-to-do = Die Seite hinter diesem Knopf sagt, was da ist, und löscht die Cookies anderer. Ihre Anmeldung bleibt, und Sie kommen danach hierher zurück.
cookies-clean-up = Aufräumen

keys-title = Einen Augenblick
keys-why = Dieser Dienst kann Anmeldungen gerade nicht prüfen. Mit Ihrem Konto ist alles in Ordnung.
keys-reload = Diese Seite öffnet sich in ein paar Sekunden von selbst.
keys-send-again = Gehen Sie in ein paar Sekunden mit Ihrem Browser eine Seite zurück, und senden Sie es noch einmal.

early-title = Diese Seite öffnen
early-why = Ihr Browser hat diese Seite geholt, bevor Sie danach gefragt haben. Sie wird erst gezeigt, wenn Sie sie öffnen.
early-open = Öffnen

foreign-title = Von anderswo gesendet
foreign-why = Dies wurde nicht von einer Seite dieses Dienstes gesendet, darum wurde nichts geändert.

### Das Ende einer Schleife

loop-title = Die Anmeldung gelingt hier nicht
loop-intro = Sie kamen mehrmals von der Anmeldung zurück und sind hier noch immer nicht angemeldet. Diese Seite beendet das, damit es nicht endlos weitergeht.
loop-why = Warum
loop-what-to-do = Was Sie tun können
loop-try-again = Noch einmal versuchen
loop-cause = Ursache: <code>{ $code }</code>

stale-why = Sie sind angemeldet, aber diese Seite braucht eine frische Anmeldung, und die, mit der Sie zurückkamen, ist es nicht.
stale-log-out = Melden Sie sich ab und wieder an, und versuchen Sie es dann noch einmal.
stale-operator = Betreiber: auth-service muss wieder nach dem Passwort fragen, wenn <code>max_age</code> angegeben ist, und die Uhren der beiden Server müssen übereinstimmen.

key-why = Die Anmeldung ist mit einem Schlüssel signiert, den dieser Dienst nicht kennt: <code>{ $key }</code>.
key-wait = Versuchen Sie es in einer Minute noch einmal: Schlüssel werden neu geholt.
key-operator = Betreiber: Dieser Dienst muss die Schlüssel haben, mit denen { $auth } signiert. Das Protokoll sagt, ob sie geholt werden können; <code>AUTH_JWKS</code> sagt, woher. Eine Datei muss ersetzt werden, wenn die Schlüssel wechseln.

issuer-why = Die Anmeldung stammt nicht von dem Anmeldedienst, dem dieser Dienst vertraut, { $auth }.
issuer-operator = Betreiber: <code>AUTH_URL</code> muss hier und bei auth-service gleich sein, Buchstabe für Buchstabe.

audience-why = Die Anmeldung gilt nicht für die Domain dieses Dienstes, { $domain }.
audience-operator = Betreiber: <code>COOKIE_DOMAIN</code> muss hier und bei auth-service gleich sein.

refused-why = Das Anmelde-Cookie, das ankam, gilt hier nicht: { reason }.
refused-delete = Löschen Sie in Ihrem Browser die Cookies dieser Website, und versuchen Sie es noch einmal.
refused-operator = Betreiber: Das Protokoll nennt diese Ursache. Ein Cookie, das nicht von auth-service stammt, hat etwas anderes auf dieser Domain gesetzt; eines, das von dort stammt, wird abgelehnt, wenn die Versionen der beiden Dienste nicht zusammenpassen.

# Warum ein Token abgelehnt wird, nach dem Code. $what ist der Teil, der Header oder der Claim, um den es geht.
reason = { $code ->
    [too_large] das Token ist größer als { $what } Byte
    [not_three_parts] das Token hat nicht drei Teile, die alle etwas enthalten
    [not_base64] der Teil „{ $what }“ ist kein kanonisches base64url
    [not_json] der Teil „{ $what }“ ist kein JSON-Objekt
    [duplicate_member] der Teil „{ $what }“ hat ein doppeltes Feld
    [header_member] der Header hat ein anderes Feld als alg, typ und kid
    [header_missing] im Header fehlt { $what }
    [header_value] { $what } im Header ist nicht annehmbar
    [wrong_typ] typ ist nicht at+jwt
    [alg_not_allowed] alg ist kein Verfahren, das wir prüfen
    [alg_mismatch] alg ist nicht das Verfahren des Schlüssels
    [bad_signature] die Signatur ist falsch
    [missing_claim] der Claim { $what } fehlt
    [bad_claim] der Claim { $what } hat die falsche Form
    [wrong_token_type] token_type ist nicht access
    [subject_mismatch] sub und user_uuid sind verschieden
    [never_valid] das Token endet, bevor es beginnt
    [life_too_long] das Token gilt zu lange
   *[other] { $code }
}

cookie-why = Ihr Browser kam von der Anmeldung ohne das Anmelde-Cookie: Er hat es nicht behalten oder nicht gesendet.
cookie-crowded-out = Ihr Browser sendet { $count } Cookies von { $domain }. Browser behalten etwa 180 für eine Domain und alles darunter und werfen andere weg, um Platz zu schaffen, auch die der Anmeldung. <a href="{ $cleanup }">Löschen Sie die anderer Websites</a>, und versuchen Sie es noch einmal.
cookie-other-host = Die Anfrage nennt einen anderen Host als { $service }, und andere erreicht das Cookie nicht. Steht auch in Ihrer Adresszeile ein anderer, öffnen Sie stattdessen <a href="{ $there }">{ $service }</a>.
cookie-other-name = Betreiber: Es kam ein Cookie namens <code>{ $other }</code> an, während dieser Dienst <code>{ $name }</code> liest. Setzen Sie <code>ACCESS_COOKIE_NAME</code> bei beiden Diensten auf denselben Namen.
cookie-hint-came = Betreiber: Ein anderes Cookie von { $domain } kam an, der Browser behält sie also. Nennt auth-service das Anmelde-Cookie <code>{ $name }</code> (<code>ACCESS_COOKIE_NAME</code>)?
cookie-allow = Erlauben Sie in Ihrem Browser Cookies für { $domain }, und schalten Sie ab, was sie blockiert.
cookie-domain = Betreiber: auth-service muss seine Cookies für <code>{ $domain }</code> setzen: <code>COOKIE_DOMAIN</code> muss bei beiden Diensten gleich sein und <code>{ $host }</code> darunter liegen.
cookie-http = Dieser Dienst wird über http erreicht, und manche Browser (Safari) behalten dann kein Cookie mit <code>Secure</code>, auch nicht auf localhost. Nehmen Sie einen anderen Browser oder https; oder setzen Sie bei der Entwicklung <code>COOKIE_SECURE=false</code> bei auth-service und <code>ACCESS_COOKIE_NAME=sso_access</code> hier.

clocks-ended = Die Anmeldung war schon abgelaufen, als sie hier ankam.
clocks-future = Die Anmeldung stammt nach der Uhr dieses Dienstes aus der Zukunft.
clocks-operator = Betreiber: Die Uhren der beiden Server gehen um mehr als fünf Sekunden auseinander. Lassen Sie auf beiden NTP laufen.
clocks-made = Ausgestellt, nach der Uhr von auth-service
clocks-ends = Endet, nach derselben Uhr
clocks-now = Jetzt, nach der Uhr dieses Dienstes
clocks-old-cookie = Wurde sie lange vor Ihrer Anmeldung ausgestellt, hat Ihr Browser ein altes Cookie behalten und das neue abgelehnt: Löschen Sie die Cookies dieser Website, erlauben Sie neue, und versuchen Sie es noch einmal.
