import { z } from 'zod'
import type { Crossing, Round } from './round.ts'

const surface = z.object({
  rounds: z.number(),
  answers: z.number(),
  failed: z.number(),
  /** Rounds in which the tenant's own mark was seen there. */
  own: z.number(),
})

const dashboard = z.object({
  firstAskedAt: z.string(),
  lastAskedAt: z.string(),
  surfaces: z.record(z.string(), surface),
})

const history = z.object({
  since: z.string(),
  rounds: z.number(),
  /** By tenant, then by dashboard. */
  tenants: z.record(z.string(), z.record(z.string(), dashboard)),
  crossings: z.array(z.custom<Crossing>((one) => typeof one === 'object' && one !== null)),
  crossingsInAll: z.number(),
})

/** What the canary has asked and found so far; kept in a file, so that a report outlives the process. */
export type History = z.output<typeof history>

/** One would do; those that say how it went on are of use, a flood of them is not. */
const mostCrossings = 200

export const emptyHistory = (now: Date): History => ({
  since: now.toISOString(),
  rounds: 0,
  tenants: {},
  crossings: [],
  crossingsInAll: 0,
})

export const parseHistory = (text: string): History => history.parse(JSON.parse(text))

/** The history with one more round. */
export function withRound(before: History, { startedAt, results }: Round): History {
  const tenants = structuredClone(before.tenants)
  for (const { tenantId, dashboard: slug, surface: name, answers, failed, own } of results) {
    const known = (tenants[tenantId] ??= {})
    const one = (known[slug] ??= { firstAskedAt: startedAt, lastAskedAt: startedAt, surfaces: {} })
    one.lastAskedAt = startedAt
    const counts = (one.surfaces[name] ??= { rounds: 0, answers: 0, failed: 0, own: 0 })
    counts.rounds += 1
    counts.answers += answers
    counts.failed += failed
    counts.own += own > 0 ? 1 : 0
  }
  const found = results.flatMap(({ crossings }) => crossings)
  return {
    ...before,
    rounds: before.rounds + 1,
    tenants,
    // The first ones say when it began.
    crossings: [...before.crossings, ...found].slice(0, mostCrossings),
    crossingsInAll: before.crossingsInAll + found.length,
  }
}
