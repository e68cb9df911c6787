import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '../dev/setup/programs.mjs'
import { run } from '../dev/run.ts'
import { cores } from './machine.ts'
import type { Figure } from './measurement.ts'

export interface Results {
  readonly at: string
  readonly machine: Readonly<Record<string, string | number>>
  readonly versions: Readonly<Record<string, string>>
  readonly figures: readonly Figure[]
}

export const resultsFile = join(import.meta.dirname, 'results.json')

/** What a program says of its version, on either stream. */
async function versionOf(name: 'nginx' | 'wrk' | 'chromium', flag: string): Promise<string> {
  const file = findProgram(name, process.env)
  if (file === undefined) return 'missing'
  // wrk tells it with its usage, and ends with 1.
  const said = await run(name, 'sh', ['-c', '"$0" "$1" 2>&1 || true', file, flag])
  return /\d+\.\d+[\w.]*/.exec(said)?.[0] ?? 'unknown'
}

const packages = import.meta.resolve('./package.json')

export async function describeRun(figures: readonly Figure[]): Promise<Results> {
  const { default: own } = (await import(packages, { with: { type: 'json' } })) as {
    default: { devDependencies: Record<string, string> }
  }
  return {
    at: new Date().toISOString(),
    machine: {
      cores: cpus().length,
      processor: cpus()[0]?.model ?? 'unknown',
      'memory GiB': Math.round(totalmem() / 1024 ** 3),
      pinned: cores ? `measured on core ${cores.subject}, load on ${cores.load}` : 'no',
    },
    versions: {
      node: process.version,
      nginx: await versionOf('nginx', '-v'),
      wrk: await versionOf('wrk', '-v'),
      chromium: await versionOf('chromium', '--version'),
      ...own.devDependencies,
    },
    figures,
  }
}

export function saveResults(results: Results): void {
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`)
}
