import { get, type IncomingMessage } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { PassThrough, type Duplex } from 'node:stream'
import { createBrotliDecompress, createGunzip, createZstdDecompress } from 'node:zlib'
import { bars } from '../bars.ts'
import type { Bench } from '../bench.ts'
import { withGateway } from '../gateways.ts'
import type { Figure, Measurement } from '../measurement.ts'
import { forgetPeak, memoryOf } from '../processes.ts'
import { figure, inRounds } from '../rounds.ts'

const mebibyte = 1024 ** 2
const wholeBytes = 200_000_000
/** A client that is slower than the app, and for a while takes nothing at all. */
const bytesPerMs = 100_000
const pauseAfter = 10_000_000
const pauseMs = 1000

const decoders: Readonly<Record<string, () => Duplex>> = {
  identity: () => new PassThrough(),
  br: createBrotliDecompress,
  gzip: createGunzip,
  zstd: createZstdDecompress,
}

/** Reads an answer at its own pace. @returns its length, and the coding in which it came */
async function readSlowly(url: string, headers: Record<string, string>) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get(url, { headers }, resolve).on('error', reject)
  const response = await promise
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`)
  const coding = response.headers['content-encoding'] ?? 'identity'
  const decoder = decoders[coding]?.()
  if (!decoder) throw new Error(`An answer came in the coding ${coding}, which nobody asked for`)
  response.on('error', (error) => decoder.destroy(error)).pipe(decoder)
  const from = performance.now()
  let bytes = 0
  let paused = 0
  for await (const chunk of decoder as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (paused === 0 && bytes > pauseAfter) {
      paused = pauseMs
      await wait(pauseMs)
    }
    const early = bytes / bytesPerMs + paused - (performance.now() - from)
    if (early > 5) await wait(early)
  }
  return { bytes, coding }
}

async function measure(bench: Bench, name: string, codings: string): Promise<Figure> {
  const { path, headers } = await bench.streaming()
  const bytes = bench.isShort ? 2_000_000 : wholeBytes
  let coding = ''
  const added = await inRounds(bench.rounds, () =>
    withGateway(bench, {}, async ({ url, pid }) => {
      const ask = async (bytes: number) => {
        const asked = { ...headers, 'accept-encoding': codings }
        const got = await readSlowly(`${url}${path('_dash-layout')}?bytes=${bytes}`, asked)
        if (got.bytes !== bytes) throw new Error(`${got.bytes} bytes came, not ${bytes}`)
        coding = got.coding
      }
      // What the code itself takes, and the first answer of a session, is not the stream's.
      for (let small = 0; small < 50; small += 1) await ask(20_000)
      forgetPeak(pid)
      const before = memoryOf(pid).now
      await ask(bytes)
      return (memoryOf(pid).peak - before) / mebibyte
    }),
  )
  const details = { coding, MB: bytes / 1e6 }
  return figure({ name, unit: 'MiB', bar: bars.streamMebibytes, details }, added)
}

/** What the gateway holds of an answer that is larger than it should ever hold, for a slow client. */
export const stream: Measurement = {
  name: 'stream',
  run: async (bench) => [
    await measure(bench, '200 MB streamed, memory added', 'identity'),
    await measure(bench, '200 MB streamed to a browser, memory added', 'gzip, deflate, br, zstd'),
  ],
}
