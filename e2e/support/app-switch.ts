import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Part } from '../../dev/part.ts'

/** `POST /<slug>/stop` and `/start`, answered when it is done; `GET /<slug>` tells the process id. */
export async function startAppSwitch(apps: ReadonlyMap<string, Part>) {
  const server = createServer((request, response) => {
    const [, slug = '', action] = (request.url ?? '').split('/')
    const answer = (status: number, text = '') => response.writeHead(status).end(text)
    const app = apps.get(slug)
    if (!app) return answer(404)
    if (request.method === 'GET') return answer(200, String(app.pid))
    const work = action === 'stop' ? app.stop() : app.start()
    work.then(
      () => answer(204),
      (error: unknown) => answer(500, String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
