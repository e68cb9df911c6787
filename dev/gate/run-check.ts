import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

import { demoDirectory, root } from '../paths.ts'
import type { Paints } from '../paint.ts'
import type { Check, Report } from './plan.ts'
import {
  type Counts,
  countsOfPytest,
  countsOfVitest,
  filesOfVitest,
  judge,
  nothing,
  sum,
} from './counts.ts'

export interface Surroundings {
  readonly paint: Paints
  /** Ends what runs, and begins nothing more. */
  readonly signal: AbortSignal
  readonly write: (text: string) => void
}

/** What a check came to, and what of it is to be run again. */
export interface Outcome {
  readonly counts: Counts
  readonly again?: Again
}

interface Again {
  /** Of the files that failed, or of all when it is not known which did. */
  readonly check: Check
  readonly faults: readonly string[]
  /** What the other files came to. */
  readonly rest: Counts
}

/** Runs one check and says in one line what it came to; its output is shown when it failed. */
export async function runCheck(
  check: Check,
  { paint, signal, write }: Surroundings,
): Promise<Outcome> {
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
  if ((fault || check.isMeasuring) && !signal.aborted) write(`${tailOf(logFile)}\n`)
  return fault && check.isRunAgain ? { counts, again: againOf(check) } : { counts }
}

/** Runs once more what failed of a check, and names it as flaky when it passes now. */
export async function runAgain(
  { counts, again }: Outcome,
  surroundings: Surroundings,
): Promise<Counts> {
  const { paint, signal, write } = surroundings
  if (!again || signal.aborted) return counts
  const { counts: second } = await runCheck(again.check, surroundings)
  if (second.failed > 0) return sum([again.rest, second])
  for (const fault of again.faults) write(`    ${paint.yellow('flaky')} ${fault}\n`)
  return sum([again.rest, { ...second, flaky: Math.max(1, again.faults.length) }])
}

function againOf({ name, report, ...check }: Check): Again {
  const files = report && existsSync(report.file) ? filesOfVitest(textOf(report)) : []
  const failed = files.filter(({ hasFailed }) => hasFailed)
  const rest = failed.length > 0 ? files.filter(({ hasFailed }) => !hasFailed) : []
  return {
    check: {
      ...check,
      ...(report && { report }),
      name: `${name} again`,
      files: failed.length > 0 ? failed.map(({ file }) => file) : (check.files ?? []),
    },
    faults: failed.flatMap(({ file, faults }) =>
      faults.map((fault) => `${basename(file)}: ${fault.name}\n          ${fault.fault}`),
    ),
    rest: sum(rest.map((file) => file.counts)),
  }
}

async function runToEnd(check: Check, logFile: string, signal: AbortSignal): Promise<number> {
  mkdirSync(join(logFile, '..'), { recursive: true })
  const log = openSync(logFile, 'w')
  try {
    const child = spawn(check.file, [...check.args, ...(check.files ?? [])], {
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

function countsOf(report: Report): Counts {
  if (!existsSync(report.file)) return nothing
  return report.format === 'vitest'
    ? countsOfVitest(textOf(report))
    : countsOfPytest(textOf(report))
}

const textOf = ({ file }: Report) => readFileSync(file, 'utf8')

const shownLines = 150

function tailOf(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n')
  const cut = lines.length > shownLines ? [`… all ${lines.length} lines: ${logFile}`] : []
  return [...cut, ...lines.slice(-shownLines)].map((line) => `    ${line}`).join('\n')
}
