import { counted } from '../counted.ts'

/** How staff come to a client, and what its people see of it. */
export const staff = {
  choose: 'Choose a client',
  chooseHint: 'You see one client’s dashboards at a time, in every tab.',
  recently: 'Recently',
  all: 'All clients',
  search: 'Search clients',
  searchHint: 'Name or id',
  find: 'Search',
  none: 'No clients are open to you',
  noneHint: 'Ask an operator to add you to a client, then load this page again.',
  nothingCalled: (query: string) => `Nothing is called “${query}”`,
  nothingHint: 'Search for a part of the name or the id.',
  clients: (count: number) => counted('en', count, { one: '# client', other: '# clients' }),
  found: (clients: string) => `${clients} found`,
  part: (first: string, last: string, all: string) => `${first}–${last} of ${all}`,
  pages: 'Pages',
  page: (page: string, pages: string) => `Page ${page} of ${pages}`,
  previous: 'Previous',
  next: 'Next',
  suspended: 'Suspended',
  active: 'Active',
  why: (name: string) => `Why ${name}?`,
  whyHint: (name: string) =>
    `${name} sees your reason, and which dashboards you open, under “Who looked at our data”.`,
  reason: 'Reason for this visit',
  go: (name: string) => `Go to ${name}`,
  other: 'Another client',
  usual: 'Or go at once, for',
  /** One click for what most visits are about. */
  usualReasons: [
    'Support request',
    'Regular review',
    'Check of new data',
    'Setting up a dashboard',
  ] as readonly string[],
  log: 'Who looked at our data',
  logHint: (name: string) =>
    `People of your service provider who worked for ${name} here: when, why, and what they opened. Your own colleagues are not in this list.`,
  nobody: 'Nobody',
  nobodyHint: 'No one but your own people has opened anything here.',
  older: 'Older',
  noReason: 'No reason given',
  begunEarlier: 'Begun earlier',
  who: (organisation: string | undefined, mark: string) =>
    `${organisation === undefined ? 'Staff' : `Staff of ${organisation}`} · person ${mark}`,
  opened: 'Opened',
  nothing: 'nothing',
  reference: 'Reference',
}
