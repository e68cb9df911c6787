import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A stand-in for a Dash app: so many threads, each busy for a while with every request. */
export async function startBusyApp(threads: number, workMs: number) {
  let free = threads
  const waiting: (() => void)[] = []

  function work(done: () => void): void {
    if (free === 0) return void waiting.push(() => work(done))
    free -= 1
    setTimeout(() => {
      free += 1
      done()
      waiting.shift()?.()
    }, workMs)
  }

  const server = createServer((request, response) => {
    request.resume().on('end', () =>
      work(() => {
        response.setHeader('Content-Type', 'application/json')
        response.end('{"multi":true,"response":{}}')
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
