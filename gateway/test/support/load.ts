import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import { asNavigation, Visitor, type Answer, type VisitOptions } from './visitor.ts'

/** Somebody whose every request comes to another replica, as a load balancer would have it. */
export class RovingVisitor extends Visitor {
  readonly #replicas: readonly string[]
  #turn: number

  constructor(publicUrl: string, replicas: readonly string[], turn = 0) {
    super(publicUrl)
    this.#replicas = replicas
    this.#turn = turn
  }

  override ask(path: string, options: VisitOptions = {}): Promise<Answer> {
    this.via = this.#replicas[this.#turn++ % this.#replicas.length]
    return super.ask(path, options)
  }
}

export interface LoadOptions {
  readonly publicUrl: string
  /** Public addresses of the replicas. */
  readonly replicas: readonly string[]
  /** Signed in, one loop of requests each. */
  readonly visitors: readonly Visitor[]
  /** Accounts that sign in again and again, while the load lasts. */
  readonly newcomers: readonly string[]
  readonly dashboardPath: string
}

const same = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }

/**
 * Requests of all sorts over all replicas, open WebSockets, and people who sign in: until it is
 * stopped. Whatever is not as it should be is a failure.
 */
export async function startLoad(options: LoadOptions) {
  const { publicUrl, replicas, visitors, newcomers, dashboardPath: base } = options
  const failures: string[] = []
  const figures = { requests: 0, signIns: 0, sockets: 0 }
  const ending = new AbortController()

  function expectStatus(answer: Answer, status: number): void {
    figures.requests += 1
    if (answer.status !== status) {
      failures.push(`${answer.url} answered ${answer.status}: ${answer.text.slice(0, 300)}`)
    }
  }

  /** What somebody does who has a dashboard open. */
  async function work(visitor: Visitor): Promise<void> {
    expectStatus(await visitor.ask('/', { headers: asNavigation }), 200)
    expectStatus(await visitor.script('/session'), 200)
    expectStatus(await visitor.script(`${base}_dash-layout`), 200)
    const update = { method: 'POST', body: '{}', headers: { ...same, origin: publicUrl } }
    expectStatus(await visitor.script(`${base}_dash-update-component`, update), 200)
  }

  async function keepWorking(visitor: Visitor): Promise<void> {
    while (!ending.signal.aborted) await work(visitor)
  }

  async function keepComing(login: string): Promise<void> {
    while (!ending.signal.aborted) {
      const visitor = new RovingVisitor(publicUrl, replicas, figures.signIns)
      expectStatus(await visitor.signIn(login, base), 200)
      await work(visitor)
      figures.signIns += 1
    }
  }

  const failed = (error: unknown) => void failures.push(`A loop ended: ${String(error)}`)
  const sockets = await Promise.all(
    visitors.flatMap((visitor) =>
      replicas.map((replica) => openSocket(replica, publicUrl, visitor, base)),
    ),
  )
  figures.sockets = sockets.length
  for (const socket of sockets) {
    socket.on('close', () => {
      if (!ending.signal.aborted) failures.push('A WebSocket was closed')
    })
  }
  const loops = [...visitors.map(keepWorking), ...newcomers.map(keepComing)].map((loop) =>
    loop.catch(failed),
  )

  return {
    failures,
    figures,
    /** Resolves once so much more was done, or something has failed. */
    async goesOn(more: { readonly requests: number; readonly signIns: number }): Promise<void> {
      const [requests, signIns] = [figures.requests + more.requests, figures.signIns + more.signIns]
      while (failures.length === 0 && (figures.requests < requests || figures.signIns < signIns)) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    async stop(): Promise<void> {
      ending.abort()
      await Promise.all(loops)
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** A WebSocket that is held open through one replica. */
export function openSocket(
  replica: string,
  publicUrl: string,
  visitor: Visitor,
  base: string,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const handshake = request(`${replica}${base}_dash-ws-callback`, {
      headers: {
        host: new URL(publicUrl).host,
        origin: publicUrl,
        cookie: visitor.cookies.header,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
      },
    })
    handshake.on('upgrade', (_, socket) => {
      socket.on('error', () => {})
      socket.resume()
      resolve(socket)
    })
    handshake.on('response', ({ statusCode }) =>
      reject(new Error(`The handshake was answered ${statusCode}`)),
    )
    handshake.on('error', reject)
    handshake.end()
  })
}
