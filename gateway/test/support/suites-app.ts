import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A file of a component suite as the app has it now. */
export interface SuiteFile {
  text: string
  headers?: OutgoingHttpHeaders
}

/** A request as the app saw it. */
export interface SuiteRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
}

const suites = '_dash-component-suites/'
const fingerprint = /\.v[\w-]+m[0-9a-f]+(?=\.)/

/**
 * Stands in for a Dash app where a test decides what its page names and what lies under those names.
 * As Dash does, it gives the file of today for whatever fingerprint it is asked with.
 */
export async function startSuitesApp(slug: string) {
  const base = `/dashboard/${slug}/`
  const now = {
    /** Paths below `_dash-component-suites/` that the page names, for a tenant. */
    names: (_tenant: string): readonly string[] => [],
    files: new Map<string, SuiteFile>(),
    plotlyVersion: '7.1.0',
  }
  const asked: SuiteRequest[] = []

  const page = (tenant: string) =>
    `<html><head><title>${tenant}</title></head><body><script id="_dash-config" type="application/json">${JSON.stringify(
      { dash_version: '4.4.1', plotly_version: now.plotlyVersion },
    )}</script>${now
      .names(tenant)
      .map((path) => `<script src="${base}${suites}${path}"></script>`)
      .join('')}</body></html>`

  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0]?.slice(base.length) ?? ''
    asked.push({ path, headers: request.headers })
    const tenant = request.headers['x-tenant-id']?.toString() ?? 'nobody'
    if (!path.startsWith(suites)) {
      response.setHeader('content-type', path === '' ? 'text/html' : 'application/json')
      return response.end(path === '' ? page(tenant) : JSON.stringify({ tenant }))
    }
    const file = now.files.get(path.slice(suites.length).replace(fingerprint, ''))
    if (!file) return response.writeHead(500).end('no such file')
    const headers = { 'content-type': 'text/javascript; charset=utf-8', ...file.headers }
    return response.writeHead(200, headers).end(file.text.replaceAll('%tenant%', tenant))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    slug,
    base,
    now,
    /** What it was asked for of suites, the last ones last. */
    suiteRequests: () => asked.filter(({ path }) => path.startsWith(suites)),
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export type SuitesApp = Awaited<ReturnType<typeof startSuitesApp>>
