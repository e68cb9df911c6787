import { inject } from 'vitest'
import { assign } from './assigned.ts'
import { BalancedVisitor, createBalancer } from './balanced-visitor.ts'
import { startCountingProvider, type TokenUse } from './counting-provider.ts'
import { startEndlessApp } from './endless-app.ts'
import { startGateways } from './replicas.ts'
import { owner, stack } from './stack.ts'
import { openTab, type Held } from './tab.ts'

const slug = 'soaked'
const accounts = {
  'acme-corp': 'viewer@acme.test',
  globex: 'viewer@globex.test',
  initech: 'viewer@initech.test',
}
/** Tabs of each browser, twenty in all. */
const tabsOfBrowsers = [5, 4, 3, 2, 2, 1, 1, 1, 1]
const heldByTabs: readonly Held[] = ['nothing', 'WebSocket', 'nothing', 'stream', 'nothing']
/** As `dcc.Interval` does it when nobody says otherwise. */
const pollEveryMs = 1000
/** A rotation so shortly before a kill may not have been written down; on a busy machine, too. */
const unwrittenMs = 10_000

/** How far a soak is. */
export interface SoakState {
  readonly seconds: number
  readonly kills: number
  readonly refreshes: number
}

export interface SoakOptions {
  /** Asked after each second; ends the soak. */
  readonly isDone: (soak: SoakState) => boolean
  /** Whether to kill a replica now; asked after each second while all of them run. */
  readonly isKillDue?: (soak: SoakState) => boolean
}

/** Three gateways on one database, a provider that counts, and a dashboard that all may see. */
export async function startRefreshScene() {
  const provider = await startCountingProvider(stack.publicUrl)
  const app = await startEndlessApp()
  const gateways = await startGateways(3, {
    environment: {
      ...inject('gatewayEnvironment'),
      ...provider.environment,
      // What streams here says nothing for as long as it runs.
      UPSTREAM_TIMEOUT_SECONDS: '3600',
    },
    logs: stack.logs,
  })
  const { replicas } = gateways
  const unassign = await assign(slug, app.url, Object.keys(accounts))

  const killings: { readonly from: number; to: number }[] = []

  /** Ends a replica in the middle of whatever it does, and starts it again. */
  async function killAndStart(index: number): Promise<void> {
    const killing = { from: performance.now(), to: Infinity }
    killings.push(killing)
    const { part } = replicas[index % replicas.length] ?? {}
    await part?.kill()
    killing.to = performance.now()
    await part?.start()
  }

  /** Whether the token that it gave may have died with the replica that had asked. */
  const mayBeLost = ({ askedAt, rotatedAt }: TokenUse) =>
    killings.some(({ from, to }) => askedAt <= to && rotatedAt + unwrittenMs >= from)

  /** Signs nine people in and opens their twenty tabs, until it is done. */
  async function soak({ isDone, isKillDue = () => false }: SoakOptions) {
    const balancer = createBalancer(replicas.map(({ url }) => url))
    const closing = new AbortController()
    const refused: string[] = []
    const usesBefore = provider.state.uses.length
    let reopened = 0

    const path = `/dashboard/${slug}/`
    const logins = Object.values(accounts)
    const browsers = await Promise.all(
      tabsOfBrowsers.map(async (_, index) => {
        const browser = new BalancedVisitor(stack.publicUrl, balancer)
        const { status } = await browser.signIn(logins[index % logins.length] ?? '', path)
        if (status !== 200) throw new Error(`a sign-in was answered ${status}`)
        return browser
      }),
    )
    const tabs = browsers
      .flatMap((browser, index) =>
        Array.from({ length: tabsOfBrowsers[index] ?? 0 }, () => browser),
      )
      .map((browser, index) =>
        openTab({
          browser,
          balancer,
          path,
          held: heldByTabs[index % heldByTabs.length] ?? 'nothing',
          pollEveryMs,
          signal: closing.signal,
          refused: (what) => refused.push(what),
          reopened: () => (reopened += 1),
        }).catch((error: unknown) => refused.push(`A tab ended: ${String(error)}`)),
      )

    const kills = { done: 0, running: undefined as Promise<void> | undefined }
    const from = performance.now()
    const now = (): SoakState => ({
      seconds: (performance.now() - from) / 1000,
      kills: kills.done,
      refreshes: provider.state.uses.length - usesBefore,
    })
    while (!isDone(now()) && refused.length === 0) {
      if (!kills.running && isKillDue(now())) {
        kills.running = killAndStart(kills.done).finally(() => {
          kills.done += 1
          kills.running = undefined
        })
      }
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
    await kills.running
    closing.abort()
    await Promise.all(tabs)

    const uses = provider.state.uses.slice(usesBefore)
    const byToken = Map.groupBy(uses, ({ refreshToken }) => refreshToken)
    const again = [...byToken.values()].filter((ofToken) => ofToken.length > 1)
    const ended = await endedSessions()
    const result = {
      seconds: now().seconds,
      tabs: tabs.length,
      sessions: browsers.length,
      ...balancer.figures,
      reopened,
      kills: kills.done,
      refreshes: uses.filter(({ error }) => error === undefined).length,
      tokens: byToken.size,
      /** Tokens that came a second time, since the first answer may have died with a replica. */
      afterKill: again.filter(([first]) => first && mayBeLost(first)).length,
      /** Tokens that came a second time without such a reason. */
      usedTwice: again.filter(([first]) => !first || !mayBeLost(first)).length,
      refused,
      signOuts: [...ended, ...browsers.filter(({ cookies }) => !cookies.get('__Host-Http-session'))]
        .length,
      ended,
    }
    process.stdout.write(`${summaryOf(result)}\n`)
    return result
  }

  /** Why sessions of this scene have ended. */
  async function endedSessions(): Promise<string[]> {
    const sql = owner()
    const rows = await sql<{ reason: string }[]>`
      select coalesce(revoked_reason, 'unknown') as reason from sessions
      where issuer = ${provider.issuer} and revoked_at is not null`
    await sql.end()
    return rows.map(({ reason }) => reason)
  }

  return {
    provider,
    replicas,
    soak,
    endedSessions,
    /** How often each session has been refreshed so far. */
    refreshesOfEach: () =>
      [...Map.groupBy(provider.state.uses, ({ grantId }) => grantId).values()].map(
        ({ length }) => length,
      ),
    crashes: gateways.crashes,

    async stop(): Promise<void> {
      await unassign()
      await gateways.stop()
      await app.stop()
      await provider.stop()
    },
  }
}

export type RefreshScene = Awaited<ReturnType<typeof startRefreshScene>>
export type SoakResult = Awaited<ReturnType<RefreshScene['soak']>>

function summaryOf(soak: Omit<SoakResult, 'ended'>): string {
  return [
    `Refresh soak, ${soak.seconds.toFixed(0)} s, ${soak.tabs} tabs of ${soak.sessions} sessions over 3 gateways:`,
    `${soak.requests} requests, ${soak.refreshes} refreshes,`,
    `${soak.tokens - soak.afterKill - soak.usedTwice} of ${soak.tokens} refresh tokens used once`,
    `(${soak.afterKill} again after a kill, ${soak.usedTwice} twice otherwise),`,
    `${soak.kills} kills (${soak.deadSockets} dead sockets retried, ${soak.reopened} streams and WebSockets opened again),`,
    `${soak.refused.length} refused, ${soak.signOuts} sign-outs`,
  ].join(' ')
}
