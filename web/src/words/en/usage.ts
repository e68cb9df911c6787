import { counted } from '../counted.ts'

/** What staff see of how dashboards are used. */
export const usage = {
  title: 'Usage',
  period: 'Period',
  days: (count: number) => counted('en', count, { one: '# day', other: '# days' }),
  csv: 'Download as CSV',
  chart: (openings: number, days: number) =>
    `${counted('en', openings, { one: '# opening', other: '# openings' })} in ${days} days`,
  byDashboard: 'By client and dashboard',
  newest: 'Newest openings',
  callbacks: 'Slow and failing callbacks',
  callbacksHint:
    'Since this gateway process started, over all clients. Prometheus has the history.',
  noCallbacks: 'No callback has run since this process started.',
  none: 'Nothing was opened in this time.',
  client: 'Client',
  dashboard: 'Dashboard',
  openings: 'Openings',
  people: 'People',
  last: 'Last opened',
  when: 'When',
  person: 'Person',
  callback: 'Callback',
  requests: 'Requests',
  failures: 'Failed',
  seconds: 'Mean seconds',
}
