import { counted } from '../counted.ts'
import { html } from '../../views/markup.ts'
import type { Words } from '../en.ts'

export const home: Words['home'] = {
  title: 'Dashboards',
  none: 'Hier ist noch nichts.',
  ready: (count) =>
    counted('de', count, { one: 'Ein Dashboard ist bereit.', other: '# Dashboards sind bereit.' }),
  found: (count) =>
    counted('de', count, { one: '# Dashboard gefunden', other: '# Dashboards gefunden' }),
  dataFrom: 'Daten vom',
  search: 'Dashboards suchen',
  find: 'Suchen',
  favourites: 'Favoriten',
  recent: 'Zuletzt geöffnet',
  all: 'Alle Dashboards',
  open: 'Öffnen',
  opened: (ago) => `Geöffnet ${ago}`,
  mark: (title) => `${title} als Favorit merken`,
  unmark: (title) => `${title} ist ein Favorit: nicht mehr merken`,
  nothingCalled: (query) => `Kein Dashboard handelt von „${query}“`,
  nothingHint: 'Suchen Sie nach einem Teil des Namens oder der Beschreibung.',
  showAll: 'Alle Dashboards zeigen',
  emptyTitle: (name) => `${name} sind keine Dashboards zugewiesen`,
  emptyStaff: 'Wer die Website betreibt, weist Mandanten Dashboards mit der Admin-API zu.',
  emptyViewer:
    'Ihr Ansprechpartner kann Ihnen Dashboards zuweisen; sie erscheinen hier, sobald das geschehen ist.',
  foot: (name, log) => html`Nur Zahlen von ${name}. Jedes Öffnen wird festgehalten: ${log}.`,
}
