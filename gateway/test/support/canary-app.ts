import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)

/** Everything that the data API gives for a token, as one text. */
async function everythingFor(token: string, internalUrl: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` }
  const answers = await Promise.all(
    ['/context', '/datasets', '/datasets/canary', '/preferences'].map(async (path) =>
      (await fetch(internalUrl + path, { headers })).text(),
    ),
  )
  return answers.join('\n')
}

/**
 * Stands in for a Dash app that shows all it can get hold of: what it was asked, and whatever the
 * data API gives for the token of the request. If anything can cross from one tenant to another, it
 * shows up in its answers.
 */
export async function startCanaryApp(internalUrl: string) {
  const tokens: { tenantId: string; token: string }[] = []

  async function answer(request: IncomingMessage): Promise<string> {
    const token = one(request.headers['x-tenant-token']) ?? ''
    tokens.push({ tenantId: one(request.headers['x-tenant-id']) ?? '', token })
    const { 'x-tenant-token': _, ...headers } = request.headers
    return JSON.stringify({ url: request.url, headers }) + (await everythingFor(token, internalUrl))
  }

  const server = createServer((request, response) => {
    request.resume()
    answer(request).then(
      (text) => response.setHeader('Content-Type', 'application/json').end(text),
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    /** Tokens that it was given, the last ones last. */
    tokens,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
