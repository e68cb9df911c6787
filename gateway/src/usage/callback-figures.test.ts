import { expect, it } from 'vitest'
import { createMetrics } from '../observability/metrics.ts'
import { callbackFigures } from './callback-figures.ts'

const of = { dashboard: 'claims', kind: 'callback' }
const durations = (callback: string, count: number, sum: number) => [
  {
    metricName: 'dashgate_callback_duration_seconds_count',
    value: count,
    labels: { ...of, callback },
  },
  { metricName: 'dashgate_callback_duration_seconds_sum', value: sum, labels: { ...of, callback } },
]
const snapshot = [
  {
    name: 'dashgate_callback_duration_seconds',
    values: [
      ...durations('fast', 4, 1),
      ...durations('slow', 2, 6),
      ...durations('failing', 1, 0.1),
    ],
  },
  {
    name: 'dashgate_callback_requests_total',
    values: [
      { value: 1, labels: { ...of, callback: 'failing', status_class: '5xx' } },
      { value: 2, labels: { ...of, callback: 'slow', status_class: '2xx' } },
    ],
  },
]

it('has callbacks that fail first, then the slowest', () => {
  expect(callbackFigures(snapshot as never)).toEqual([
    { dashboard: 'claims', callback: 'failing', requests: 1, failures: 1, seconds: 0.1 },
    { dashboard: 'claims', callback: 'slow', requests: 2, failures: 0, seconds: 3 },
    { dashboard: 'claims', callback: 'fast', requests: 4, failures: 0, seconds: 0.25 },
  ])
})

it('reads metrics by names that there are', async () => {
  const names = (await createMetrics().snapshot()).map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(snapshot.map(({ name }) => name)))
  expect(callbackFigures(await createMetrics().snapshot())).toEqual([])
})
