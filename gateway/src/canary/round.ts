import type { Answer } from './browser.ts'
import { askDashboard, askShell, type Asker, type Surface } from './questions.ts'

/** What came of the questions about one surface of a dashboard, asked as one tenant. */
export interface Result {
  readonly tenantId: string
  readonly dashboard: string
  readonly surface: Surface
  answers: number
  /** Answers that were none: a refusal, an error of the app, a broken connection. */
  failed: number
  /** Answers in which the own mark stood: without any, the rest proves little. */
  own: number
  readonly crossings: Crossing[]
}

/** An answer that held what belongs to the other tenant. */
export interface Crossing {
  readonly at: string
  /** Who was asked for, and whose mark or id was seen. */
  readonly tenantId: string
  readonly of: string
  readonly found: string
  readonly dashboard: string
  readonly surface: Surface
  readonly requestId: string
  readonly url: string
}

export interface Round {
  readonly startedAt: string
  readonly results: readonly Result[]
  /** Dashboards that each tenant was shown. */
  readonly dashboards: ReadonlyMap<string, readonly string[]>
}

/**
 * One round: each dashboard as the first tenant, then as the second, then again as the
 * first. What an app or a cache has kept of one request shows in the next.
 *
 * @param now the time of the round
 */
export async function goRound(askers: readonly [Asker, Asker], now: () => Date): Promise<Round> {
  const results = new Map<string, Result>()
  const startedAt = now().toISOString()
  const noteAs = (own: Asker, other: Asker) => createNote(results, own, other, now)
  const [first, second] = askers
  const turns = [
    [first, second],
    [second, first],
  ] as const
  const dashboards = new Map<string, string[]>()
  for (const [own, other] of turns) {
    dashboards.set(own.tenant.id, await askShell(own, noteAs(own, other)))
  }
  const all = new Set([...dashboards.values()].flat())
  for (const dashboard of all) {
    for (const [own, other] of [...turns, turns[0]]) {
      if (!dashboards.get(own.tenant.id)?.includes(dashboard)) continue
      await askDashboard(own, dashboard, noteAs(own, other))
    }
  }
  return { startedAt, results: [...results.values()], dashboards }
}

function createNote(
  results: Map<string, Result>,
  { tenant: own }: Asker,
  { tenant: other }: Asker,
  now: () => Date,
) {
  return async function note(
    surface: Surface,
    dashboard: string,
    ask: () => Promise<Answer>,
  ): Promise<Answer | undefined> {
    const key = JSON.stringify([own.id, dashboard, surface])
    const result: Result = results.get(key) ?? {
      tenantId: own.id,
      dashboard,
      surface,
      answers: 0,
      failed: 0,
      own: 0,
      crossings: [],
    }
    results.set(key, result)
    const answer = await ask().catch(() => undefined)
    result.answers += 1
    // A page that could not be made may still show what it should not: it is searched as well.
    if (answer === undefined || answer.status >= 300) result.failed += 1
    if (answer === undefined) return undefined
    const text = `${answer.headers}\n${answer.text}`.toLowerCase()
    if (text.includes(own.mark)) result.own += 1
    const found = [other.mark, other.id].find((word) => text.includes(word))
    if (found !== undefined) {
      const { requestId, url } = answer
      result.crossings.push({
        at: now().toISOString(),
        tenantId: own.id,
        of: other.id,
        found,
        dashboard,
        surface,
        requestId,
        url,
      })
    }
    return answer
  }
}
