import type { Check, Plan } from './plan.ts'
import { type Counts, sum } from './counts.ts'
import { type Outcome, runAgain, runCheck, type Surroundings } from './run-check.ts'

/**
 * Which checks the arguments of `npm test` choose: by parts of their names; all but the long ones
 * without any; with `--long` those as well.
 */
export function choose({ first, lanes, long }: Plan, args: readonly string[]): Plan {
  const parts = args.filter((arg) => arg !== '--long')
  if (parts.length === 0) return { first, lanes, long: args.includes('--long') ? long : [] }
  const wanted = (checks: readonly Check[]) =>
    checks.filter(({ name }) => parts.some((part) => name.includes(part)))
  return { first: wanted(first), lanes: lanes.map(wanted), long: wanted(long) }
}

/**
 * Runs the checks of a plan and says in one last line what they came to together.
 *
 * @returns the exit code: 0 only when something ran to its end, and nothing failed
 */
export async function runGate(plan: Plan, surroundings: Surroundings): Promise<number> {
  const { paint, signal, write } = surroundings

  async function runLane(checks: readonly Check[]): Promise<Outcome[]> {
    const outcomes = []
    for (const check of checks) {
      if (!signal.aborted) outcomes.push(await runCheck(check, surroundings))
    }
    return outcomes
  }

  async function settle(outcomes: readonly Outcome[]): Promise<Counts> {
    const counts = []
    for (const outcome of outcomes) counts.push(await runAgain(outcome, surroundings))
    return sum(counts)
  }

  const begin = Date.now()
  const total = sum([
    await settle(await runLane(plan.first)),
    await settle((await Promise.all(plan.lanes.map(runLane))).flat()),
    await settle(await runLane(plan.long)),
  ])
  write(`\n${paint.dim(`${((Date.now() - begin) / 1000).toFixed(0)} s`)}\n`)
  if (total.flaky > 0) write(`${paint.yellow(`${total.flaky} flaky`)}: passed when run again\n`)
  write(`${total.passed} passed, ${total.failed} failed\n`)
  return total.failed > 0 || total.passed === 0 || signal.aborted ? 1 : 0
}
