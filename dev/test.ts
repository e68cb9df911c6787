import { mkdirSync } from 'node:fs'

import { type Check, longChecks, reports, staticChecks, testLanes } from './gate/checks.ts'
import { type Counts, sum } from './gate/counts.ts'
import { runCheck } from './gate/run-check.ts'
import { createPaints } from './paint.ts'

// The process behind `npm test`, after set-up: the one gate. Arguments choose checks by a part of
// their name: `npm test -- unit`. The long ones run only when they are chosen.

const paint = createPaints(process.stdout.isTTY, process.env)
const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => ending.abort())
}
process.on('disconnect', () => ending.abort())

const wanted = process.argv.slice(2)

function isWanted({ name }: Check): boolean {
  if (wanted.length === 0) return !longChecks.some((long) => long === name)
  return wanted.some((part) => name.includes(part))
}

async function runLane(checks: readonly Check[]): Promise<Counts> {
  const counts = []
  for (const check of checks.filter(isWanted)) {
    if (!ending.signal.aborted) counts.push(await runCheck(check, paint, ending.signal))
  }
  return sum(counts)
}

mkdirSync(reports, { recursive: true })
const begin = Date.now()
const total = sum([
  await runLane(staticChecks),
  ...(await Promise.all((await testLanes()).map(runLane))),
])
process.stdout.write(`\n${paint.dim(`${((Date.now() - begin) / 1000).toFixed(0)} s`)}\n`)
if (total.flaky > 0) {
  process.stdout.write(`${paint.yellow(`${total.flaky} flaky`)}: passed when run again\n`)
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed > 0 || total.passed === 0 || ending.signal.aborted ? 1 : 0
if (process.connected) process.disconnect()
