import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ListenAddress } from '../config/fields.ts'

export interface OwnListener {
  readonly url: string
  stop(): Promise<void>
}

/** A small server of the canary's own; port 0 takes one that is free. */
export async function listen(
  { host, port }: ListenAddress,
  listener: RequestListener,
): Promise<OwnListener> {
  const server = createServer(listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
