import { startServers, type FetchApp } from '../src/servers.ts'

export interface ServedApp {
  readonly url: string
  readonly port: number
  stop(): Promise<void>
}

/** An app behind a listener of the gateway's own, on a free port. */
export async function serveApp(app: FetchApp): Promise<ServedApp> {
  const address = { host: '127.0.0.1', port: 0 }
  const servers = await startServers([{ name: 'app', address, app }])
  const port = servers.port('app')
  if (port === undefined) throw new Error('The listener has no port')
  return { url: `http://127.0.0.1:${port}`, port, stop: () => servers.stop(0) }
}
