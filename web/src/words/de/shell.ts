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
  partFailed: (part, request) =>
    `${part === undefined ? 'Ein Teil dieses Dashboards' : `„${part}“`} hat nicht geantwortet${request === undefined ? '' : ` (Anfrage ${request})`}.`,
  steps: {
    document: (title) => `${title} wird geladen …`,
    scripts: (title) => `${title} startet …`,
    layout: (title) => `${title} wird aufgebaut …`,
    figures: () => '',
  },
  copied: 'Kopiert.',
  views: {
    title: 'Ansichten',
    one: 'Ansicht',
    none: 'Stellen Sie das Dashboard ein, wie Sie es möchten, und speichern Sie es unter einem Namen.',
    opensWithIt: 'öffnet sich damit',
    by: (person) => `von ${person}`,
    shared: 'geteilt',
    nameLabel: 'Name einer neuen Ansicht',
    save: 'Ansicht speichern',
    saveChanges: 'Änderungen speichern',
    makeDefault: 'Damit öffnen',
    dropDefault: 'Nicht mehr damit öffnen',
    share: (tenant) => `Mit ${tenant} teilen`,
    unshare: 'Nicht mehr teilen',
    copyLink: 'Link kopieren',
    remove: 'Löschen',
    needsName: 'Geben Sie der Ansicht zuerst einen Namen.',
    notReady: 'Warten Sie, bis das Dashboard da ist.',
    saved: (name) => `Gespeichert als „${name}“.`,
    changesSaved: (name) => `Die Änderungen an „${name}“ sind gespeichert.`,
    removed: (name) => `„${name}“ ist gelöscht.`,
    isDefault: (name) => `Das Dashboard öffnet sich ab jetzt mit „${name}“.`,
    isNoDefault: 'Das Dashboard öffnet sich, wie es kommt.',
    isShared: (name, tenant) => `Alle bei ${tenant} können „${name}“ jetzt sehen.`,
    isUnshared: (name) => `„${name}“ gehört wieder nur Ihnen.`,
    shown: (name) => `„${name}“ wird gezeigt.`,
    shownWithout: (name, missing) =>
      `„${name}“ wird gezeigt, ohne was es nicht mehr gibt: ${missing}.`,
    gone: 'Die Ansicht dieses Links wurde gelöscht oder ist nicht mit Ihnen geteilt.',
    errors: {
      name_taken: 'Etwas mit diesem Namen haben Sie hier schon. Nehmen Sie einen anderen.',
      preference_changed:
        'Sie wurde inzwischen in einem anderen Fenster geändert, oder der Name ist vergeben. Wählen Sie sie noch einmal, um sie zu sehen, wie sie jetzt ist, oder nehmen Sie einen anderen Namen.',
      too_many_preferences:
        'Auf diesem Dashboard gibt es schon 50 Namen. Löschen Sie zuerst einen.',
      preference_too_large: 'Auf dieser Seite ist zu viel eingestellt für eine Ansicht (32 KiB).',
      too_many_changes:
        'Das waren zu viele Änderungen auf einmal. Versuchen Sie es gleich noch einmal.',
      invalid_name: 'Ein Name hat 1 bis 100 druckbare Zeichen.',
      view_not_found: 'Diese Ansicht wurde inzwischen gelöscht.',
    },
    failed: 'Die Ansichten sind gerade nicht zu erreichen. Versuchen Sie es gleich noch einmal.',
  },
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
  palette: 'Dashboard oder Aktion suchen',
  paletteNone: 'Nichts heißt so',
  dashboard: 'Dashboard',
  client: 'Mandant',
  action: 'Aktion',
}
