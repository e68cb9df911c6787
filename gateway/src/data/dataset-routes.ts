import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono, type Context } from 'hono'
import { GatewayError } from '../edge/gateway-error.ts'
import type { GatewayEnv } from '../request-context.ts'
import { parseByteRange, type ByteRange } from '../http/byte-range.ts'
import type { Dataset, Datasets } from './datasets.ts'
import { isNotModified, mayResume } from '../http/entity-tag.ts'

const notFound = () =>
  new GatewayError(
    404,
    'dataset_not_found',
    'This tenant has no dataset of that name. GET /datasets lists those that it has.',
  )

export interface DatasetRoutesOptions<E extends GatewayEnv> {
  /** The folder of the tenant that the verified token names. */
  readonly storagePrefixOf: (c: Context<E>) => string
  /** Told when a storage breaks off in the middle of an answer, which nobody else can be told. */
  readonly report: (error: GatewayError, requestId: string) => void
}

/** `GET /` and `GET /:name` of the data API. */
export function createDatasetRoutes<E extends GatewayEnv>(
  datasets: Datasets,
  { storagePrefixOf, report }: DatasetRoutesOptions<E>,
): Hono<E> {
  const routes = new Hono<E>()

  routes.get('/', async (c) => {
    const list = await datasets.list(storagePrefixOf(c))
    return c.json({ datasets: list }, 200, { 'Cache-Control': 'private, no-cache' })
  })

  routes.get('/:name', async (c) => {
    const storagePrefix = storagePrefixOf(c)
    const dataset = await datasets.find(storagePrefix, c.req.param('name'))
    if (!dataset) throw notFound()
    if (isNotModified(c.req.header('If-None-Match'), dataset.etag)) {
      return new Response(null, { status: 304, headers: validators(dataset) })
    }
    const range = mayResume(c.req.header('If-Range'), dataset.etag)
      ? parseByteRange(c.req.header('Range'), dataset.size)
      : undefined
    if (range === 'unsatisfiable') throw unsatisfiable(dataset)
    const status = range ? 206 : 200
    const headers = { ...validators(dataset), ...contentHeaders(dataset, range) }
    const { start, length } = extent(dataset, range)
    const { outgoing } = c.env
    // Hono answers HEAD through this handler.
    if (!outgoing || c.req.method === 'HEAD' || length === 0) {
      return new Response(null, { status, headers })
    }
    const signal = closed(outgoing)
    const options = { start, length, etag: dataset.etag, signal }
    try {
      const bytes = await datasets.open(storagePrefix, dataset.name, options)
      const requestId = c.get('requestId')
      outgoing.writeHead(status, { ...headers, 'X-Request-Id': requestId })
      await send(bytes, outgoing, (cause) => report(brokeOff(cause), requestId))
    } catch (error) {
      // Whatever it was, there is nobody left to tell, and nothing to mend.
      if (!signal.aborted) throw error
    }
    return RESPONSE_ALREADY_SENT
  })

  return routes
}

/** A signal for the end of an answer, or of the client that it was for. */
function closed(outgoing: ServerResponse): AbortSignal {
  const controller = new AbortController()
  if (outgoing.destroyed) controller.abort()
  outgoing.once('close', () => controller.abort())
  return controller.signal
}

/**
 * Sends bytes at the client's pace. When they break off, so does the connection: a part is never
 * taken for the whole.
 */
async function send(
  bytes: AsyncIterable<Uint8Array>,
  outgoing: ServerResponse,
  onBreak: (cause: unknown) => void,
): Promise<void> {
  async function* watched() {
    try {
      yield* bytes
    } catch (cause) {
      if (!outgoing.destroyed) onBreak(cause)
      throw cause
    }
  }
  await pipeline(watched(), outgoing).catch(() => outgoing.destroy())
}

const brokeOff = (cause: unknown) =>
  new GatewayError(503, 'dataset_broke_off', 'The storage broke off in the middle of a dataset.', {
    cause,
  })

const extent = ({ size }: Dataset, range: ByteRange | undefined) =>
  range ? { start: range.start, length: range.end - range.start + 1 } : { start: 0, length: size }

const validators = ({ etag, lastModified }: Dataset) => ({
  ETag: etag,
  'Last-Modified': lastModified.toUTCString(),
  'Cache-Control': 'private, no-cache',
  'Accept-Ranges': 'bytes',
})

const contentHeaders = (dataset: Dataset, range: ByteRange | undefined) => ({
  'Content-Type': 'application/vnd.apache.parquet',
  'Content-Length': String(extent(dataset, range).length),
  'X-Content-Type-Options': 'nosniff',
  ...(range ? { 'Content-Range': `bytes ${range.start}-${range.end}/${dataset.size}` } : {}),
})

const unsatisfiable = ({ size }: Dataset) =>
  new GatewayError(416, 'range_not_satisfiable', `The dataset has ${size} bytes.`, {
    headers: { 'Content-Range': `bytes */${size}` },
  })
