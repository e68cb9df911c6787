import { counted } from '../counted.ts'
import type { Words } from '../en.ts'

export const usage: Words['usage'] = {
  title: 'Nutzung',
  period: 'Zeitraum',
  days: (count) => counted('de', count, { one: '# Tag', other: '# Tage' }),
  csv: 'Als CSV herunterladen',
  chart: (openings, days) =>
    `${counted('de', openings, { one: '# Öffnung', other: '# Öffnungen' })} in ${days} Tagen`,
  byDashboard: 'Nach Mandant und Dashboard',
  newest: 'Neueste Öffnungen',
  callbacks: 'Langsame und fehlerhafte Callbacks',
  callbacksHint:
    'Seit dem Start dieses Gateway-Prozesses, über alle Mandanten. Den Verlauf hat Prometheus.',
  noCallbacks: 'Seit dem Start dieses Prozesses lief kein Callback.',
  none: 'In dieser Zeit wurde nichts geöffnet.',
  client: 'Mandant',
  dashboard: 'Dashboard',
  openings: 'Öffnungen',
  people: 'Personen',
  last: 'Zuletzt geöffnet',
  when: 'Wann',
  person: 'Person',
  callback: 'Callback',
  requests: 'Anfragen',
  failures: 'Fehler',
  seconds: 'Sekunden im Mittel',
}
