import { mkdirSync } from 'node:fs'

import { plan, reports } from './gate/checks.ts'
import { choose, runGate } from './gate/gate.ts'
import { createPaints } from './paint.ts'

// The process behind `npm test`, after set-up: the one gate. Arguments choose checks by a part of
// their name: `npm test -- unit`. The long ones run only when they are chosen, or with `--long`.

const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => ending.abort())
}
process.on('disconnect', () => ending.abort())

mkdirSync(reports, { recursive: true })
process.exitCode = await runGate(choose(await plan(), process.argv.slice(2)), {
  paint: createPaints(process.stdout.isTTY, process.env),
  signal: ending.signal,
  write: (text) => void process.stdout.write(text),
})
if (process.connected) process.disconnect()
