import type { ShellWords } from '../en/shell.ts'

export const shell: ShellWords = {
  loading: (title) => `${title} wird geladen …`,
  slowTitle: 'Dieses Dashboard braucht lange',
  slowText: (seconds) =>
    `Es hat seit ${seconds} Sekunden nicht geantwortet. Wenn es das noch tut, öffnet es sich von selbst; Sie können es auch noch einmal versuchen.`,
  failedTitle: 'Dieses Dashboard wurde nicht geladen',
  failedText: 'Beim Start ist etwas schiefgegangen. Versuchen Sie es gleich noch einmal.',
  request: (id) => `Anfrage ${id}`,
  tryingAgain:
    'Ihre Organisation hat im Moment viel in Arbeit. Ihre Anfrage wird von selbst wiederholt.',
  givenUp:
    'Ihre Organisation hat im Moment viel in Arbeit, und ein Teil dieses Dashboards wurde nicht beantwortet. Versuchen Sie es bald noch einmal.',
  tooMuchByPerson:
    'Sie haben zu viel offen oder in Arbeit. Schließen Sie ein paar Tabs, und versuchen Sie es gleich noch einmal.',
  partFailed: (request) =>
    `Ein Teil dieses Dashboards hat nicht geantwortet${request === undefined ? '' : ` (Anfrage ${request})`}.`,
  idleTitle: 'Sind Sie noch da?',
  idleText: 'Hier wurde eine Weile nichts getan, deshalb werden Sie abgemeldet.',
  idleAction: 'Angemeldet bleiben',
  ageTitle: 'Zeit, sich wieder anzumelden',
  ageText:
    'Sie sind so lange angemeldet, wie es erlaubt ist. Melden Sie sich wieder an, und diese Seite geht weiter.',
  ageAction: 'Wieder anmelden',
  secondsLeft: (seconds) => `Noch ${seconds} Sekunden.`,
  minutesLeft: (minutes) => `Noch ${minutes} Minuten.`,
  anotherClient: 'einen anderen Mandanten',
  someoneElse: 'jemand anderes',
  continueWith: (name) => `Weiter mit ${name}`,
  proceed: 'Weiter',
  otherTenantTitle: (name) => `Sie arbeiten jetzt in einem anderen Tab für ${name}`,
  otherTenantText: (name) =>
    `Diese Seite wurde für ${name} geöffnet. Damit Zahlen getrennt bleiben, ist immer nur ein Mandant offen.`,
  otherPersonTitle: (name) => `In einem anderen Tab ist jetzt ${name} angemeldet`,
  otherPersonText: (name) =>
    `Diese Seite wurde von ${name} geöffnet und lässt sich nicht mehr benutzen.`,
  signedOutTitle: 'Sie wurden abgemeldet',
  signedOutText: 'Sie haben sich in einem anderen Tab abgemeldet, oder Ihre Sitzung ist beendet.',
  endedTitle: 'Ihre Sitzung ist beendet',
  endedText:
    'Melden Sie sich in einem eigenen Fenster wieder an, und diese Seite geht weiter, wo Sie waren. Nichts darauf geht verloren.',
  signIn: 'Anmelden',
  startAfresh: 'Neu beginnen',
  switchBack: (name) => `Zurück zu ${name}`,
  /** The reason that goes with it. */
  wentBack: 'Zurück zu einer Seite, die offen war',
  palette: 'Zu einem Dashboard gehen oder etwas tun',
  paletteNone: 'Nichts heißt so',
  dashboard: 'Dashboard',
  client: 'Mandant',
  action: 'Aktion',
}
