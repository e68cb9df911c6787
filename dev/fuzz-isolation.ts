/** `npm run fuzz:isolation -- --runs N`: the isolation property, as many sequences as one likes. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './paths.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10000' } } })
if (!/^[1-9]\d{0,7}$/.test(values.runs)) throw new Error('--runs is a number from 1 on')

const { status } = spawnSync(
  join(root, 'node_modules', '.bin', 'vitest'),
  ['run', '--project=scenarios', 'test/isolation-property'],
  {
    cwd: join(root, 'gateway'),
    stdio: 'inherit',
    env: { ...process.env, ISOLATION_RUNS: values.runs, PROPERTY_SEED: 'random' },
  },
)
process.exitCode = status ?? 1
