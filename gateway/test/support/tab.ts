import { setTimeout as wait } from 'node:timers/promises'
import { request } from 'undici'
import type { Balancer } from './balanced-visitor.ts'
import { openSocket } from './load.ts'
import { asScript, type Answer, type Visitor } from './visitor.ts'

/** What a tab has open beside its polls. */
export type Held = 'nothing' | 'WebSocket' | 'stream'

export interface TabOptions {
  /** The browser, whose cookies all its tabs share. */
  readonly browser: Visitor
  readonly balancer: Balancer
  /** Of the dashboard, with a slash at its end. */
  readonly path: string
  readonly held: Held
  readonly pollEveryMs: number
  /** Aborted when the tab is closed. */
  readonly signal: AbortSignal
  /** Told of each answer that is not as it should be. */
  readonly refused: (what: string) => void
  /** Told when what was held open had to be opened again. */
  readonly reopened: () => void
}

/** So many polls are followed by one of the shell's questions who is signed in. */
const pollsPerQuestion = 10

/**
 * A tab with a dashboard that has a `dcc.Interval`, and with the shell around it.
 *
 * @returns resolves when it has been closed
 */
export async function openTab(options: TabOptions): Promise<void> {
  await Promise.all([poll(options), holdOpen(options)])
}

async function poll({ browser, path, pollEveryMs, signal, refused }: TabOptions): Promise<void> {
  const body = '{"output":"clock.children","changedPropIds":["interval.n_intervals"]}'
  const headers = { 'content-type': 'application/json', origin: browser.publicUrl }
  const expectGood = ({ url, status, text }: Answer) => {
    if (status !== 200) refused(`${url} answered ${status}: ${text.slice(0, 200)}`)
  }
  for (let count = 0; !signal.aborted; count += 1) {
    const update = { method: 'POST', headers, body }
    expectGood(await browser.script(`${path}_dash-update-component`, update))
    if (count % pollsPerQuestion === 0) expectGood(await browser.script('/session'))
    await wait(pollEveryMs, undefined, { signal }).catch(() => {})
  }
}

async function holdOpen({ held, ...options }: TabOptions): Promise<void> {
  const { balancer, browser, path, signal, refused, reopened } = options
  if (held === 'nothing') return
  const hold = held === 'stream' ? holdStream : holdSocket
  while (!signal.aborted) {
    try {
      await hold(balancer.next(), browser, path, signal)
      if (!signal.aborted) reopened()
    } catch (error) {
      if (!signal.aborted && !balancer.isDead(error)) refused(`${held}: ${String(error)}`)
    }
    // As Dash's worker waits before it comes back.
    await wait(200, undefined, { signal }).catch(() => {})
  }
}

/** Resolves when it has ended, whoever ended it. */
async function holdSocket(replica: string, browser: Visitor, path: string, signal: AbortSignal) {
  const socket = await openSocket(replica, browser.publicUrl, browser, path)
  const close = () => socket.destroy()
  signal.addEventListener('abort', close)
  if (signal.aborted) close()
  await new Promise((resolve) => socket.once('close', resolve))
  signal.removeEventListener('abort', close)
}

async function holdStream(replica: string, browser: Visitor, path: string, signal: AbortSignal) {
  const { host } = new URL(browser.publicUrl)
  const answer = await request(`${replica}${path}_dash-layout?hold`, {
    headers: { ...asScript, host, cookie: browser.cookies.header },
    signal,
    // It says nothing for as long as it runs.
    bodyTimeout: 0,
  })
  if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`)
  try {
    for await (const _ of answer.body);
  } catch {
    // Cut off in the middle.
  }
}
