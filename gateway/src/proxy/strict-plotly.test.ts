import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Pool } from 'undici'
import { askApp } from './forward.ts'
import { createStrictPlotly, isPlotly, plotlyVersion } from './strict-plotly.ts'

const plotly = createStrictPlotly()
const banner = (version: string) =>
  `/**\n* plotly.js v${version}\n* Copyright 2012-2026, Plotly, Inc.\n*/`

let pool: Pool
let answer: (response: ServerResponse) => void
const server = createServer((_, response) => answer(response))

beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
afterEach(async () => {
  await pool.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const ask = () =>
  askApp(pool, {
    method: 'GET',
    target: '/',
    headers: {},
    body: undefined,
    signal: new AbortController().signal,
  })

/** What is passed on of an app's answer; `replaced` where ours takes its place. */
async function passedOn(text: string): Promise<string> {
  answer = (response) => response.end(text)
  const theirs = await ask()
  if (await plotly.replaces(theirs)) return 'replaced'
  return theirs.text(1_000_000)
}

describe('an app’s plotly.js', () => {
  it('is known by its path alone', () => {
    expect(isPlotly('_dash-component-suites/plotly/package_data/plotly.min.js')).toBe(true)
    expect(isPlotly('_dash-component-suites/plotly/package_data/plotly.min.js.map')).toBe(false)
    expect(isPlotly('assets/plotly.min.js')).toBe(false)
  })

  it.each([
    ['/**\n* plotly.js v4.1.1\n* Copyright', '4.1.1'],
    ['/**\n* plotly.js (strict - minified) v4.1.1\n* Copyright', '4.1.1'],
    ['/**\n* plotly.js v4.1.1-rc.1\n', undefined],
    ['var plotly = "plotly.js v4.1.1 "', undefined],
    ['', undefined],
  ])('says its version first: %j', (head, version) => {
    expect(plotlyVersion(head)).toBe(version)
  })

  it('is replaced by the strict build of the same version, however long it is', async () => {
    expect(await passedOn(`${banner('4.1.1')}${'x'.repeat(5_000_000)}`)).toBe('replaced')
  })

  it.each([
    ['of another version', `${banner('3.9.0')}${'x'.repeat(500_000)}`],
    ['that says no version', 'y'.repeat(500_000)],
    ['that is shorter than any banner', 'z'],
    ['that is empty', ''],
  ])('is passed on to the byte when it is one %s', async (_, text) => {
    expect(await passedOn(text)).toBe(text)
  })

  it('is passed on when it is coded, or no answer at all', async () => {
    answer = (response) =>
      response.setHeader('Content-Encoding', 'gzip').end(`${banner('4.1.1')}${'x'.repeat(300)}`)
    expect(await plotly.replaces(await ask())).toBe(false)
    answer = (response) => response.writeHead(404).end(`${banner('4.1.1')}${'x'.repeat(300)}`)
    expect(await plotly.replaces(await ask())).toBe(false)
  })

  it('is not sent again to a browser that has ours', async () => {
    const ask = async (ifNoneMatch?: string) => {
      answer = (response) => plotly.send(response, ifNoneMatch, { 'x-request-id': 'r' })
      const { statusCode, headers, body } = await pool.request({ path: '/', method: 'GET' })
      return { statusCode, etag: String(headers['etag']), length: (await body.text()).length }
    }
    const first = await ask()
    expect(first.statusCode).toBe(200)
    expect(first.length).toBeGreaterThan(5_000_000)
    expect(await ask(`W/"x", ${first.etag}`)).toEqual({ ...first, statusCode: 304, length: 0 })
  })
})
