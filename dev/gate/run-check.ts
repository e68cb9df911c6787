import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import type { Paints } from '../paint.ts'
import { demoDirectory, root } from '../paths.ts'
import type { Check } from './checks.ts'
import type { Surroundings } from './gate.ts'
import {
  type Counts,
  countsOfPytest,
  countsOfVitest,
  type FlakyTest,
  flakyOfVitest,
  judge,
  nothing,
} from './counts.ts'

/**
 * Runs one check and says in one line what it came to; its output is shown when it failed, and tests
 * that passed only when they were run again are shown by name.
 */
export async function runCheck(
  check: Check,
  { paint, signal, write }: Surroundings,
): Promise<Counts> {
  const begin = Date.now()
  const logFile = join(demoDirectory, 'logs', `check-${check.name.replaceAll(' ', '-')}.log`)
  if (check.report) rmSync(check.report.file, { force: true })
  const exitCode = await runToEnd(check, logFile, signal)
  const { counts, fault } = verdict(check, exitCode)
  const seconds = `${((Date.now() - begin) / 1000).toFixed(1)} s`
  const result = check.report ? `${counts.passed} passed` : ''
  const mark = fault ? paint.red('✗') : paint.green('✓')
  const columns = [check.name.padEnd(26), seconds.padStart(8), result.padStart(14)]
  write(`${mark} ${columns.join(' ')}${fault ? `  ${paint.red(fault)}` : ''}\n`)
  for (const flaky of flakyOf(check)) write(`${lineOf(flaky, paint)}\n`)
  if ((fault || check.isMeasuring) && !signal.aborted) write(`${tailOf(logFile)}\n`)
  return counts
}

async function runToEnd(check: Check, logFile: string, signal: AbortSignal): Promise<number> {
  mkdirSync(join(logFile, '..'), { recursive: true })
  const log = openSync(logFile, 'w')
  try {
    const child = spawn(check.file, check.args, {
      cwd: check.cwd ?? root,
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', NO_COLOR: '1' },
      stdio: ['ignore', log, log],
    })
    const end = () => child.kill('SIGTERM')
    signal.addEventListener('abort', end, { once: true })
    const [code] = (await once(child, 'exit')) as [number | null]
    signal.removeEventListener('abort', end)
    return code ?? 1
  } catch {
    return 127
  } finally {
    closeSync(log)
  }
}

function verdict(check: Check, exitCode: number): { counts: Counts; fault?: string } {
  if (!check.report) {
    if (exitCode === 0) return { counts: nothing }
    return { counts: { ...nothing, failed: 1 }, fault: 'failed' }
  }
  return judge(countsOf(check.report), exitCode)
}

function countsOf(report: NonNullable<Check['report']>): Counts {
  if (!existsSync(report.file)) return nothing
  const text = readFileSync(report.file, 'utf8')
  return report.format === 'vitest' ? countsOfVitest(text) : countsOfPytest(text)
}

function flakyOf({ report }: Check): FlakyTest[] {
  if (report?.format !== 'vitest' || !existsSync(report.file)) return []
  return flakyOfVitest(readFileSync(report.file, 'utf8'))
}

const lineOf = ({ file, name, fault }: FlakyTest, paint: Paints) =>
  `    ${paint.yellow('flaky')} ${file}: ${name}\n          ${paint.dim(fault)}`

const shownLines = 150

function tailOf(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n')
  const cut = lines.length > shownLines ? [`… all ${lines.length} lines: ${logFile}`] : []
  return [...cut, ...lines.slice(-shownLines)].map((line) => `    ${line}`).join('\n')
}
