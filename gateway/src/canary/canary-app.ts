import type { IncomingMessage } from 'node:http'
import { request } from 'undici'
import type { ListenAddress } from '../config/fields.ts'
import { listen, type OwnListener } from './own-listener.ts'

/** Datasets that are looked into, and how far: the mark stands at the beginning of small ones. */
const mostDatasets = 50
const longestDataset = 1024 * 1024

/**
 * The canary's own app, an upstream like any other: it asks the data API with the tenant token of the
 * request, as only an app can, and shows all that it gets. So context, datasets and preferences are asked
 * on the way that they always take, and nobody needs a token that is made for the purpose.
 */
export function startCanaryApp(
  address: ListenAddress,
  { slug, internalUrl }: { readonly slug: string; readonly internalUrl: string },
): Promise<OwnListener> {
  return listen(address, (incoming, response) => {
    incoming.resume()
    // Any other path: whoever watches apps learns that this one is there.
    if (incoming.url !== `/dashboard/${slug}/_dash-layout`) {
      response.setHeader('Content-Type', 'text/plain')
      return void response.end('The isolation canary shows its layout only.\n')
    }
    everythingFor(incoming, internalUrl).then(
      (body) => response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body)),
      () => response.writeHead(502).end(),
    )
  })
}

/** Header names in all spellings are one to node; a second value never comes from the gateway. */
const tokenOf = ({ headers }: IncomingMessage) => String(headers['x-tenant-token'] ?? '')

async function everythingFor(incoming: IncomingMessage, internalUrl: string) {
  const { 'x-tenant-token': _secret, ...headers } = incoming.headers
  const authorization = `Bearer ${tokenOf(incoming)}`
  const read = async (path: string) => {
    const { statusCode, body } = await request(internalUrl + path, { headers: { authorization } })
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length > longestDataset) break
    }
    // Bytes of Parquet as letters: what is text in them stays as it is.
    return { path, status: statusCode, text: Buffer.concat(chunks).toString('latin1') }
  }
  const [context, datasets, preferences] = await Promise.all(
    ['/context', '/datasets', '/preferences'].map(read),
  )
  const names = datasets?.status === 200 ? namesIn(datasets.text) : []
  const contents = await Promise.all(
    names.slice(0, mostDatasets).map((name) => read(`/datasets/${encodeURIComponent(name)}`)),
  )
  return { headers, answers: [context, datasets, preferences, ...contents] }
}

function namesIn(text: string): string[] {
  const found = JSON.parse(text) as { datasets?: { name: string }[] }
  return (found.datasets ?? []).map(({ name }) => name)
}
