import type { Figure } from '../measurement.ts'
import type { Panel, Row } from './chart.ts'

/** What a figure is made of; a chart of a run in which it was not measured leaves it out. */
function detail(figures: readonly Figure[], name: string, of: string): number | undefined {
  const value = figures.find((one) => one.name === name)?.details[of]
  return typeof value === 'number' ? value : undefined
}

const row = (label: string, value: number | undefined, isOurs = false): Row[] =>
  value === undefined ? [] : [{ label, value, isOurs }]

const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : milliseconds / 1000

const loads = [
  ['cold, 40 ms, 10 Mbit/s', 'cold, 40 ms, 10 Mbit/s'],
  ['cold, 100 ms, 4 Mbit/s', 'cold, 100 ms, 4 Mbit/s'],
  ['warm, 40 ms, 10 Mbit/s', 'warm, 40 ms, 10 Mbit/s'],
] as const

function firstTrace(figures: readonly Figure[]): Panel {
  const rows = loads.flatMap(([label, name]) => {
    const of = (whose: string) =>
      seconds(detail(figures, `first drawn trace ÷ straight, ${name}`, whose))
    return [
      ...row(`Dash alone, ${label}`, of('straight')),
      ...row(`through the gateway, ${label}`, of('through'), true),
    ]
  })
  return { title: 'First drawn trace', unit: 's', rows }
}

const peers = ['nginx', 'http-proxy-middleware', 'configurable-http-proxy', 'Hono proxy helper']

const against = (peer: string) => `requests/s of one process ÷ ${peer}`

function cpu(figures: readonly Figure[]): Panel {
  return {
    title: 'CPU per request; the peers check, count and (but for nginx) log nothing',
    unit: 'µs',
    rows: [
      ...row('the gateway', detail(figures, against('nginx'), 'gateway µs CPU'), true),
      ...peers.flatMap((peer) => row(peer, detail(figures, against(peer), `${peer} µs CPU`))),
    ],
  }
}

export const panelsOf = (figures: readonly Figure[]): Panel[] =>
  [firstTrace(figures), cpu(figures)].filter(({ rows }) => rows.length > 0)
