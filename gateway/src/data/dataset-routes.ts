import { Hono, type Context, type Env } from 'hono'
import { GatewayError } from '../edge/gateway-error.ts'
import { parseByteRange, type ByteRange } from './byte-range.ts'
import type { Dataset, Datasets } from './datasets.ts'
import { isNotModified, mayResume } from './entity-tag.ts'

const notFound = () =>
  new GatewayError(
    404,
    'dataset_not_found',
    'This tenant has no dataset of that name. GET /datasets lists those that it has.',
  )

/**
 * `GET /` and `GET /:name` of the data API.
 *
 * @param storagePrefixOf the folder of the tenant that the verified token names
 */
export function createDatasetRoutes<E extends Env>(
  datasets: Datasets,
  storagePrefixOf: (c: Context<E>) => string,
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
    const { start, length } = extent(dataset, range)
    // Hono answers HEAD through this handler and forgets the body, which would then stay open.
    const isEmpty = c.req.method === 'HEAD' || length === 0
    const bytes = isEmpty
      ? undefined
      : await datasets.open(storagePrefix, dataset.name, { start, length, etag: dataset.etag })
    return new Response(bytes ? ReadableStream.from(bytes) : null, {
      status: range ? 206 : 200,
      headers: { ...validators(dataset), ...contentHeaders(dataset, range) },
    })
  })

  return routes
}

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
