import type { Words } from '../en.ts'

export const account: Words['account'] = {
  title: 'Ihr Konto',
  signIns: 'Wo Sie angemeldet sind',
  signInsHint:
    'Wenn Sie eine dieser Anmeldungen nicht kennen, melden Sie sie ab: Sie endet sofort, mit allem, was dort offen ist.',
  nowhereElse: 'Sie sind nirgends sonst angemeldet.',
  ended: 'Erledigt. Was beendet wurde, lässt sich nicht mehr benutzen.',
  signOutOthers: 'Überall sonst abmelden',
  inUse: 'in Gebrauch',
  lastUsed: (ago) => `zuletzt benutzt ${ago}`,
  signedIn: 'Angemeldet',
  forTenant: (name) => `Für ${name}`,
  thisDevice: 'Dieses Gerät',
  justNow: 'gerade eben',
  unknownDevice: 'Unbekanntes Gerät',
  aBrowserOn: (system) => `Ein Browser auf ${system}`,
  browserOn: (browser, system) => `${browser} auf ${system}`,
  views: 'Ihre Ansichten',
  viewsHint:
    'Was Sie auf Dashboards gespeichert haben. Eine Ansicht behält ihren Link, wenn sie einen anderen Namen bekommt.',
  noViews:
    'Sie haben noch keine gespeichert: Öffnen Sie ein Dashboard und dort das Menü der Ansichten.',
  viewName: (name) => `Name von „${name}“`,
  rename: 'Umbenennen',
  remove: 'Löschen',
  viewsChanged: 'Erledigt. Ihre Ansichten sind, wie unten gezeigt.',
  settings: 'Sprache und Farben',
  settingsHint: 'Gilt in diesem Browser.',
  settingsSaved: 'Gespeichert. So sehen ab jetzt alle Seiten aus.',
  language: 'Sprache',
  languageAuto: 'Wie der Browser es wünscht',
  theme: 'Farben',
  themes: { auto: 'Wie das Gerät', light: 'Hell', dark: 'Dunkel' },
  save: 'Speichern',
}
