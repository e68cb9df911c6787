import { html } from '../../views/markup.ts'
import type { Words } from '../en.ts'

const UNUSABLE = 'Ihr Konto lässt sich hier nicht benutzen'

export const errors: Words['errors'] = {
  kicker: (status) => `Fehler ${status}`,
  somethingWrong: 'Etwas ist schiefgegangen',
  request: 'Anfrage',
  code: 'Code',
  tryAgain: 'Noch einmal versuchen',
  ask: (whom) =>
    html`Wenn Sie nicht weiterkommen, fragen Sie ${whom} und nennen Sie die Anfrage unten.`,
  titles: {
    400: 'Diese Anfrage war nicht zu lesen',
    401: 'Bitte melden Sie sich an',
    403: 'Das ist nicht erlaubt',
    404: 'Hier ist nichts',
    409: 'Sie haben zu einem anderen Mandanten gewechselt',
    413: 'Das war zu groß',
    414: 'Diese Adresse ist zu lang',
    429: 'Zu viel auf einmal',
    431: 'Zu viel zu lesen',
    502: 'Das Dashboard antwortet nicht',
    503: 'Im Moment nicht verfügbar',
    504: 'Das Dashboard hat zu lange gebraucht',
  },
  titlesByCode: {
    too_many_cookies: 'Zu viele Cookies',
    session_not_kept: 'Sie sind nicht angemeldet',
    session_not_lasting: 'Sie bleiben nicht angemeldet',
    no_such_session: 'Diese Sitzung gibt es nicht mehr',
    sign_in_limited: 'Zu viele Anmeldungen',
    tenant_busy: 'Im Moment ausgelastet',
    sign_in_lost: 'Diese Anmeldung ist vorbei',
    sign_in_failed: 'Die Anmeldung ist nicht gelungen',
    sign_in_cancelled: 'Sie sind nicht angemeldet',
    password_forgotten: 'Sie brauchen ein neues Passwort',
    claims_unusable: UNUSABLE,
    wrong_policy: UNUSABLE,
    wrong_directory: UNUSABLE,
  },
  messages: {
    session_expired:
      'Sie sind nicht angemeldet, oder Ihre Sitzung ist beendet. Melden Sie sich wieder an.',
    not_found: 'Hier ist nichts, oder nichts, was Sie sehen dürfen.',
    cross_site:
      'Diese Anfrage kam nicht von einer Seite dieser Website, deshalb wurde nichts geändert.',
    internal_error:
      'Hier ist etwas schiefgegangen. Versuchen Sie es noch einmal; wenn es so bleibt, melden Sie die Nummer der Anfrage.',
    bad_path:
      'Diese Adresse ist nicht richtig geformt. Prüfen Sie sie, oder beginnen Sie auf der Startseite.',
    address_too_long: 'Diese Adresse ist zu lang. Beginnen Sie auf der Startseite.',
    too_many_cookies:
      'Ihr Browser schickt mit jeder Anfrage mehr Cookies, als diese Website liest; eine andere Website derselben Domain kann sie gesetzt haben. Er wurde eben gebeten, sie zu entfernen. Versuchen Sie es noch einmal; wenn diese Seite wiederkommt, entfernen Sie die Cookies dieser Website in den Einstellungen Ihres Browsers.',
    tenant_busy:
      'Dieses Dashboard ist mit anderen Anfragen Ihrer Organisation ausgelastet. Versuchen Sie es gleich noch einmal.',
    too_many_requests:
      'Das waren zu viele Anfragen auf einmal. Versuchen Sie es gleich noch einmal.',
    sign_in_limited:
      'Das waren zu viele Anmeldungen auf einmal. Versuchen Sie es in einer Minute noch einmal.',
    tenant_unavailable:
      'Ihre Organisation hat im Moment keinen Zugang. Fragen Sie, wer ihn verwaltet.',
    tenant_not_allowed: 'Für diesen Mandanten dürfen Sie nicht arbeiten. Wählen Sie einen anderen.',
    no_active_tenant: 'Wählen Sie zuerst den Mandanten, für den Sie arbeiten wollen.',
    tenant_mismatch:
      'Sie haben inzwischen zu einem anderen Mandanten gewechselt. Laden Sie die Seite neu, um mit diesem weiterzumachen.',
    person_mismatch:
      'Inzwischen hat sich hier jemand anderes angemeldet. Laden Sie die Seite neu, um als diese Person weiterzumachen.',
    access_ended: 'Dieser Mandant darf dieses Dashboard nicht mehr benutzen.',
    database_unavailable:
      'Die Datenbank ist im Moment nicht zu erreichen. Versuchen Sie es in ein paar Sekunden noch einmal.',
    keys_unavailable:
      'Das lässt sich im Moment nicht prüfen. Versuchen Sie es gleich noch einmal; Sie bleiben angemeldet.',
    session_unconfirmed:
      'Ihre Sitzung lässt sich im Moment nicht prüfen. Versuchen Sie es gleich noch einmal; Sie bleiben angemeldet.',
    app_too_slow:
      'Dieses Dashboard hat zu lange für seine Antwort gebraucht. Versuchen Sie es noch einmal, vielleicht mit weniger Daten.',
    app_unreachable:
      'Dieses Dashboard antwortet im Moment nicht. Versuchen Sie es gleich noch einmal; Ihre anderen Dashboards sind nicht betroffen.',
    app_page_unreadable:
      'Dieses Dashboard hat mit einer Seite geantwortet, die sich nicht sicher zeigen lässt. Sagen Sie es dem, der sich darum kümmert.',
    provider_unavailable:
      'Der Anmeldedienst antwortet im Moment nicht. Mit Ihrem Konto ist alles in Ordnung; versuchen Sie es bald noch einmal.',
    provider_misconfigured:
      'Die Anmeldung ist nicht so eingerichtet, wie sie sein sollte. Wer diese Website betreibt, muss das in Ordnung bringen.',
    sign_in_failed: 'Die Anmeldung ließ sich nicht abschließen. Beginnen Sie sie neu.',
    sign_in_cancelled:
      'Die Anmeldung wurde abgebrochen, oder der Anmeldedienst hat sie nicht erlaubt. Es hat sich nichts geändert.',
    sign_in_lost:
      'Diese Anmeldung hat zu lange gedauert, wurde in einem anderen Browser begonnen, oder Ihr Browser behält die Cookies dieser Website nicht. Erlauben Sie sie, und beginnen Sie neu.',
    password_forgotten:
      'Sie haben um ein neues Passwort gebeten, das Ihnen diese Website nicht geben kann. Sobald Sie eines haben, melden Sie sich wieder an.',
    claims_unusable:
      'Ihr Konto ist für diese Website nicht eingerichtet. Fragen Sie, wer Ihren Zugang verwaltet.',
    wrong_policy:
      'Sie haben sich auf einem Weg angemeldet, den diese Website nicht annimmt. Fragen Sie, wer Ihren Zugang verwaltet.',
    wrong_directory:
      'Ihr Konto gehört zu einem Verzeichnis, das diese Website nicht annimmt. Fragen Sie, wer Ihren Zugang verwaltet.',
    session_not_kept:
      'Die Anmeldung ist gelungen, aber Ihr Browser kam ohne das Cookie zurück, das Sie angemeldet hält. Erlauben Sie Cookies für diese Website, auch in privaten Fenstern und in Erweiterungen, die sie sperren, und versuchen Sie es noch einmal.',
    session_not_lasting:
      'Sie wurden innerhalb einer Minute mehrmals angemeldet, und jedes Mal war die Sitzung auf der nächsten Seite vorbei. Prüfen Sie, ob Datum und Uhrzeit Ihres Geräts stimmen und ob nichts die Cookies dieser Website entfernt, und versuchen Sie es noch einmal.',
    no_such_session:
      'Keine Ihrer Sitzungen heißt so. Vielleicht ist sie schon beendet; Ihr Konto zeigt die, die es noch sind.',
    body_too_large: 'Diese Anfrage ist größer, als hier weitergegeben wird.',
    invalid_request: 'Diese Anfrage ist nicht vollständig.',
  },
  steps: {
    'Sign in': 'Anmelden',
    'Sign in again': 'Wieder anmelden',
    'Use another account': 'Anderes Konto benutzen',
    'Sign out': 'Abmelden',
    'Try again': 'Noch einmal versuchen',
    'Your account': 'Ihr Konto',
  },
  tooLarge: {
    page: 'Zu groß',
    cookies: 'Zu viele Cookies',
    other: 'Zu viel zu lesen',
    cookiesText: [
      'Ihr Browser schickt mit jeder Anfrage mehr Cookies, als diese Website liest; eine andere Website derselben Domain kann sie gesetzt haben. Er wurde eben gebeten, sie zu entfernen.',
      'Versuchen Sie es noch einmal. Wenn diese Seite wiederkommt, entfernen Sie die Cookies dieser Website in den Einstellungen Ihres Browsers. Danach müssen Sie sich vielleicht anmelden.',
    ],
    otherText: [
      'Die Adresse oder ein anderer Teil der Anfrage ist länger, als diese Website liest. Beginnen Sie auf der Startseite; wenn diese Seite wiederkommt, entfernen Sie die Cookies dieser Website in den Einstellungen Ihres Browsers.',
    ],
  },
}
