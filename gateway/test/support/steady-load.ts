import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'undici'
import { waitUntil } from '../../../dev/wait.ts'
import { stack } from './stack.ts'
import { asScript, type Visitor } from './visitor.ts'

export interface SteadyLoadOptions {
  /** The balancer, which knows the gateways. */
  readonly url: string
  readonly visitors: readonly Visitor[]
  /** Path of a dashboard, with its slash. */
  readonly base: string
  /** Requests that are begun in a second, whatever becomes of those before. */
  readonly rate: number
}

/** More under way means that the machine is at its end: then fewer are begun, and the figures say so. */
const mostAtOnce = 200

const tickMs = 20

/**
 * People at work, at a rate that does not yield to a slow answer: reads and clicks in turn. Nothing is
 * sent again by us, so that each request that is not answered is one that was lost.
 */
export function startSteadyLoad({ url, visitors, base, rate }: SteadyLoadOptions) {
  const pool = new Pool(url, { connections: mostAtOnce, keepAliveTimeout: 60_000 })
  const { host } = new URL(stack.publicUrl)
  const lost: string[] = []
  const underWay = new Set<Promise<void>>()
  const from = performance.now()
  let begun = 0
  const ending = new AbortController()

  async function ask(number: number): Promise<void> {
    const { cookies } = visitors[number % visitors.length] as Visitor
    const isClick = number % 3 === 0
    const path = `${base}${isClick ? '_dash-update-component' : '_dash-layout'}`
    const headers = { ...asScript, host, cookie: cookies.header }
    const click = { ...headers, origin: stack.publicUrl, 'content-type': 'application/json' }
    try {
      const { statusCode, body } = await pool.request(
        isClick
          ? { method: 'POST', path, headers: click, body: '{}' }
          : { method: 'GET', path, headers },
      )
      const text = await body.text()
      if (statusCode !== 200) lost.push(`${path} ${statusCode}: ${text.slice(0, 200)}`)
    } catch (error) {
      lost.push(`${path} ${String(error)}`)
    }
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      const due = ((performance.now() - from) / 1000) * rate
      for (let left = due - begun - skipped; left >= 1; left -= 1) {
        if (underWay.size >= mostAtOnce) skipped += 1
        else begin()
      }
      await wait(tickMs)
    }
    await Promise.all(underWay)
  }

  function begin(): void {
    const one = ask(begun).finally(() => underWay.delete(one))
    underWay.add(one)
    begun += 1
  }

  let skipped = 0
  const running = run()
  return {
    lost: lost as readonly string[],
    begun: () => begun,
    /** Resolves when so many more have been begun, or something was lost. */
    async goesOn(more: number): Promise<void> {
      const until = begun + more
      await waitUntil(() => begun >= until || lost.length > 0, { withinMs: 600_000 })
    },
    async stop() {
      ending.abort()
      await running
      await pool.close()
      const seconds = (performance.now() - from) / 1000
      return { requests: begun, seconds, rate: begun / seconds, skipped }
    },
  }
}
