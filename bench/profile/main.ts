/**
 * `npm run bench:profile`: what the gateway's process spends its time on while it answers as many
 * requests as it can. Prints a summary; the profile itself, for Chromium's DevTools or speedscope, is
 * written to the file that is named last.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createBench } from '../bench.ts'
import { sendLoad } from '../load/wrk.ts'
import { warmUp } from '../race.ts'
import { profileWhile } from './inspector.ts'
import { printedSummary, summarise } from './summary.ts'

const { values: options } = parseArgs({
  options: {
    top: { type: 'string', default: '25' },
    seconds: { type: 'string', default: '10' },
    out: { type: 'string' },
  },
})
const directory = mkdtempSync(join(tmpdir(), 'dashgate-profile-'))
const file = options.out ?? join(tmpdir(), 'dashgate.cpuprofile')
const bench = await createBench({
  isShort: false,
  directory,
  inspect: true,
  say: (line) => void process.stdout.write(`${line}\n`),
})
try {
  const gateway = await bench.contestant('gateway')
  const load = { ...gateway, connections: 32 }
  await warmUp(gateway, false)
  const profile = await profileWhile(bench.inspectorPort, () =>
    sendLoad({ ...load, seconds: Number(options.seconds) }),
  )
  writeFileSync(file, JSON.stringify(profile))
  process.stdout.write(`${printedSummary(summarise(profile), Number(options.top))}\n${file}\n`)
} finally {
  await bench.stop()
  rmSync(directory, { recursive: true, force: true })
}
