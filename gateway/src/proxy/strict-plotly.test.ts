import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Pool } from 'undici'
import { askApp } from './forward.ts'
import { createStrictPlotly, plotlyVersion } from './strict-plotly.ts'

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

  it('is ours as a whole where it is of the same version, and theirs otherwise', () => {
    const other = Buffer.from(`${banner('3.9.0')}theirs`)
    expect(plotly.inPlaceOf(Buffer.from(`${banner('4.1.1')}theirs`))).toBe(plotly.file)
    expect(plotly.inPlaceOf(other)).toBe(other)
  })

  it('asks browsers to compile it while it is downloaded, which they heed in the first line alone', () => {
    expect(plotly.file.toString('latin1', 0, 32)).toMatch(/^\/\/# allFunctionsCalledOnLoad\n\/\*\*/)
  })
})
