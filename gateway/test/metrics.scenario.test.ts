import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { httpServer } from '../test-support/local-server.ts'
import { eventually, operate, signedIn, stack } from './support/stack.ts'
import { asScript, type Visitor } from './support/visitor.ts'

const slug = 'counted-app'
const base = `/dashboard/${slug}/`
const hash = 'd'.repeat(64)
const click = { id: 'button', property: 'n_clicks' }
const timer = { id: 'clock', property: 'n_intervals' }
const listed = [
  { output: 'graph.figure', inputs: [click, timer] },
  { output: `..table.data@${hash}...note.children@${hash}..`, inputs: [click] },
]

let app: Awaited<ReturnType<typeof httpServer>>
let acme: Visitor

beforeAll(async () => {
  app = await httpServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url?.includes('?fail')) {
        response.socket?.destroy()
        return
      }
      const isStream = request.url?.includes('?stream') === true
      const isList = request.url?.includes('_dash-dependencies') === true
      response.writeHead(200, {
        'content-type': isStream ? 'application/x-ndjson' : 'application/json',
      })
      response.end(JSON.stringify(isList ? listed : { multi: true, response: {} }))
    })
  })
  await operate('PUT', `/admin/dashboards/${slug}`, { title: 'Counted', appUrl: app.url })
  await operate('POST', '/admin/tenants/acme-corp/dashboards', { slug, position: 93 })
  acme = await signedIn('viewer@acme.test')
  await eventually(
    () => acme.script(`${base}_dash-layout`),
    ({ status }) => status === 200,
  )
  await acme.script(`${base}_dash-dependencies`)
})
afterAll(async () => {
  await operate('DELETE', `/admin/tenants/acme-corp/dashboards/${slug}`)
  await app[Symbol.asyncDispose]()
})

const metrics = async () => (await fetch(`${stack.opsUrl}/metrics`)).text()

/** The value of a series that has these labels; 0 where there is none. */
function valueIn(text: string, name: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`))
  const found = lines.filter((line) => wanted.every((one) => line.includes(one)))
  return found.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}

/** How much a series has grown by what is done. */
async function grown(
  name: string,
  labels: Readonly<Record<string, string>>,
  act: () => Promise<unknown>,
): Promise<number> {
  const before = valueIn(await metrics(), name, labels)
  await act()
  const after = await eventually(metrics, (text) => valueIn(text, name, labels) > before)
  return valueIn(after, name, labels) - before
}

const callBack = (output: string, changedPropIds: readonly string[], query = '') =>
  acme.ask(`${base}_dash-update-component${query}`, {
    method: 'POST',
    headers: { ...asScript, origin: stack.publicUrl, 'content-type': 'application/json' },
    body: JSON.stringify({ output, outputs: {}, inputs: [], changedPropIds }),
  })

const handle = `?cacheKey=k~${'a'.repeat(64)}&job=1~${'b'.repeat(64)}`

describe('a callback is counted', () => {
  it.each([
    ['by what it writes to', 'graph.figure', ['button.n_clicks'], '', 'graph.figure', 'callback'],
    [
      'by several outputs',
      listed[1]?.output ?? '',
      ['button.n_clicks'],
      '',
      'table.data (+1)',
      'callback',
    ],
    [
      'as a poll when a timer made it',
      'graph.figure',
      ['clock.n_intervals'],
      '',
      'graph.figure',
      'poll',
    ],
    ['as a poll when it asks for a job', 'graph.figure', [], handle, 'graph.figure', 'poll'],
    ['as a stream when it is one', 'graph.figure', [], '?stream', 'graph.figure', 'stream'],
    [
      'V23: as "other" when the app does not list it',
      'invented.figure',
      [],
      '',
      'other',
      'callback',
    ],
  ] as const)('%s', async (_, output, changed, query, callback, kind) => {
    const labels = { dashboard: slug, callback, kind, status_class: '2xx' }
    const act = () => callBack(output, changed, query)
    expect(await grown('dashgate_callback_requests_total', labels, act)).toBe(1)
    const ofTenant = { tenant_id: 'acme-corp', dashboard: slug, kind }
    expect(valueIn(await metrics(), 'dashgate_http_requests_total', ofTenant)).toBeGreaterThan(0)
    expect(await metrics()).not.toContain('invented')
  })
})

describe('the metrics', () => {
  it('count what an app was sent and has answered', async () => {
    const labels = { tenant_id: 'acme-corp', dashboard: slug, kind: 'callback' }
    const act = () => callBack('graph.figure', ['button.n_clicks'])
    const body = JSON.stringify({
      output: 'graph.figure',
      outputs: {},
      inputs: [],
      changedPropIds: ['button.n_clicks'],
    })
    expect(await grown('dashgate_http_request_bytes_total', labels, act)).toBe(body.length)
    const answer = JSON.stringify({ multi: true, response: {} })
    expect(await grown('dashgate_http_response_bytes_total', labels, act)).toBe(answer.length)
  })

  it('say that an app cannot be reached, and that it can again', async () => {
    const act = () => callBack('graph.figure', [], '?fail')
    const failed = { dashboard: slug, reason: 'app_unreachable' }
    expect(await grown('dashgate_upstream_failures_total', failed, act)).toBe(1)
    const upstream = { upstream: app.url }
    expect(valueIn(await metrics(), 'dashgate_upstream_healthy', upstream)).toBe(0)
    await callBack('graph.figure', [])
    expect(valueIn(await metrics(), 'dashgate_upstream_healthy', upstream)).toBe(1)
  })

  it('come down to nothing under way', async () => {
    const labels = { dashboard: slug }
    const text = await eventually(
      metrics,
      (one) => valueIn(one, 'dashgate_http_requests_in_flight', labels) === 0,
    )
    expect(valueIn(text, 'dashgate_http_requests_in_flight', labels)).toBe(0)
  })

  it('are what promtool takes for good', async () => {
    const input = await metrics()
    expect(() =>
      execFileSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8', stdio: 'pipe' }),
    ).not.toThrow()
  })
})
