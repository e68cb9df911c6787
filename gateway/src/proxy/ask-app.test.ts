import { afterEach, describe, expect, it } from 'vitest'
import { httpServer, rawServer } from '../../test-support/local-server.ts'
import { createAppAddresses } from './app-addresses.ts'
import { createAppPools } from './app-pools.ts'
import { createAppAsker } from './ask-app.ts'
import type { UpstreamRequest } from './forward.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serving(name: string, seen: string[] = []) {
  const app = await httpServer((request, response) => {
    seen.push(`${request.method} ${name}`)
    request.resume().on('end', () => response.end(name))
  })
  closing.push(() => app[Symbol.asyncDispose]())
  return app.url
}

/** An address at which nothing listens any more. */
async function refusing() {
  const app = await httpServer(() => {})
  await app[Symbol.asyncDispose]()
  return app.url
}

/** Takes requests and closes their connections without a word. */
async function breaking(seen: string[] = []) {
  const app = await rawServer((socket) => {
    socket.once('data', (bytes) => {
      seen.push(bytes.toString().slice(0, 4))
      socket.destroy()
    })
  })
  closing.push(() => app[Symbol.asyncDispose]())
  return app.url
}

/** Asks an app for a session that keeps to its first address. */
function scene(first: string, others: readonly string[], timeoutMs = 2000) {
  const pools = createAppPools({ timeoutMs })
  closing.push(() => pools.close())
  const addresses = createAppAddresses()
  const app = { slug: 'loss', appUrl: first, replicaUrls: others }
  const failures: string[] = []
  const ask = createAppAsker({
    pools,
    addresses,
    onFailure: (...what) => failures.push(what.join()),
  })
  let session = 0
  while (addresses.choose(app, `s${session}`) !== first) session += 1
  return {
    failures,
    addresses,
    healthy: (url: string) =>
      pools.use(new Map(), new Set([url])).find((one) => one.upstream === url)?.isHealthy,
    async asked(method: UpstreamRequest['method'] = 'GET') {
      const place = addresses.take(app, `s${session}`)
      const body = method === 'POST' ? Buffer.from('{}') : undefined
      const { signal } = new AbortController()
      try {
        const request = { method, target: '/x', headers: {}, body, signal }
        const answer = await ask(app, place, `s${session}`, request)
        return await answer.text(100)
      } catch (error) {
        return (error as { code: string }).code
      } finally {
        place?.leave()
      }
    },
  }
}

describe('X5: an app with several addresses', () => {
  it('is asked at another one when there is no connection, and nobody is told of a failure', async () => {
    const [down, up] = [await refusing(), await serving('up')]
    const { asked, failures, healthy } = scene(down, [up])
    expect([await asked(), failures, healthy(down), healthy(up)]).toEqual(['up', [], false, true])
  })

  it('is asked at another one when the connection ends before the answer, which ejects nothing', async () => {
    const [broken, up] = [await breaking(), await serving('up')]
    const { asked, addresses, healthy } = scene(broken, [up])
    for (let turn = 0; turn < 4; turn += 1) expect(await asked()).toBe('up')
    expect([addresses.isEjected(broken), healthy(broken)]).toEqual([false, true])
  })

  it('is asked once more, and not more often', async () => {
    const seen: string[] = []
    const [one, two, three] = [await breaking(seen), await breaking(seen), await breaking(seen)]
    const { asked, failures } = scene(one, [two, three])
    expect([await asked(), seen]).toEqual(['app_unreachable', ['GET ', 'GET ']])
    expect(failures).toEqual(['loss,app_unreachable'])
  })

  it('gets what may change something once, wherever that ends', async () => {
    const seen: string[] = []
    const [broken, up] = [await breaking(seen), await serving('up', seen)]
    const { asked } = scene(broken, [up])
    expect([await asked('POST'), seen]).toEqual(['app_unreachable', ['POST']])
  })

  it('is not asked again when it is only slow', async () => {
    const seen: string[] = []
    const slow = await httpServer(() => {})
    closing.push(() => slow[Symbol.asyncDispose]())
    const { asked } = scene(slow.url, [await serving('up', seen)], 200)
    expect([await asked(), seen]).toEqual(['app_too_slow', []])
  })

  it('is left alone where it could not be reached three times', async () => {
    const [down, up] = [await refusing(), await serving('up')]
    const { asked, addresses } = scene(down, [up])
    for (let turn = 0; turn < 3; turn += 1) await asked('POST')
    expect([addresses.isEjected(down), await asked('POST')]).toEqual([true, 'up'])
  })
})

describe('an app with one address', () => {
  it('is told of as before', async () => {
    const down = await refusing()
    const { asked, failures, healthy } = scene(down, [])
    expect([await asked(), failures, healthy(down)]).toEqual([
      'app_unreachable',
      ['loss,app_unreachable'],
      false,
    ])
  })
})
