import { counted } from '../counted.ts'
import { html, type Markup } from '../../views/markup.ts'

/** The list of dashboards. */
export const home = {
  title: 'Dashboards',
  none: 'Nothing here yet.',
  ready: (count: number) =>
    counted('en', count, { one: 'One dashboard is ready.', other: '# dashboards are ready.' }),
  found: (count: number) =>
    counted('en', count, { one: '# dashboard found', other: '# dashboards found' }),
  dataFrom: 'Data of',
  search: 'Search dashboards',
  find: 'Search',
  favourites: 'Favourites',
  recent: 'Opened last',
  all: 'All dashboards',
  open: 'Open',
  opened: (ago: string) => `Opened ${ago}`,
  mark: (title: string) => `Mark ${title} as a favourite`,
  unmark: (title: string) => `${title} is a favourite: take the mark away`,
  nothingCalled: (query: string) => `No dashboard is about “${query}”`,
  nothingHint: 'Search for a part of its name or description.',
  showAll: 'Show all dashboards',
  emptyTitle: (name: string) => `No dashboards are assigned to ${name}`,
  emptyStaff: 'An operator assigns dashboards to a client with the admin API.',
  emptyViewer:
    'Your contact can assign dashboards to you; they appear here as soon as that is done.',
  foot: (name: string, log: Markup) =>
    html`Figures of ${name} only. Each opening is recorded: ${log}.`,
}
