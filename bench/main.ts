/**
 * `npm run bench`: how fast the gateway is, as ratios within one run. Prints a table and writes
 * `bench/results.json`.
 *
 *     npm run bench -- --check       ends with 1 where a bar is missed, naming it
 *     npm run bench -- --short       only whether all answers are right, each measurement once
 *     npm run bench -- latency cpu   those whose name holds one of these
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeBar } from './bars.ts'
import { createBench } from './bench.ts'
import { cores } from './machine.ts'
import type { Figure } from './measurement.ts'
import { measurements } from './measurements/all.ts'
import { describeRun, saveResults } from './results.ts'
import { missedOf, printedTable, readable } from './table.ts'

const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean' }, short: { type: 'boolean' } },
})
const isShort = flags.short ?? false
const chosen = measurements.filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
)
if (chosen.length === 0) {
  process.stderr.write(`There are: ${measurements.map(({ name }) => name).join(', ')}\n`)
  process.exit(2)
}
/** Measurements that did not come to an end, or met an answer that was wrong. */
const failed: string[] = []
const print = (line: string) => void process.stdout.write(`${line}\n`)

async function measure(directory: string): Promise<readonly Figure[]> {
  const bench = await createBench({ isShort, directory, say: (line) => print(`  ${line}`) })
  const stopAndExit = () => void bench.stop().finally(() => process.exit(130))
  process.once('SIGINT', stopAndExit).once('SIGTERM', stopAndExit)
  const figures: Figure[] = []
  try {
    for (const { name, run } of chosen) {
      print(`${name} …`)
      try {
        figures.push(...(await run(bench)))
      } catch (error) {
        // The others can still be told.
        failed.push(name)
        print(`${name} failed: ${String(error)}`)
      }
    }
  } finally {
    await bench.stop()
  }
  return figures
}

const directory = mkdtempSync(join(tmpdir(), 'dashgate-bench-'))
try {
  print(
    cores
      ? `The gateway and its peers run on core ${cores.subject}, load and app on ${cores.load}.`
      : 'One core, or no Linux: nothing has a core for itself, and the figures are rough.',
  )
  const figures = await measure(directory)
  if (isShort) {
    print(`${chosen.length - failed.length} of ${chosen.length} measurements had right answers.`)
  } else {
    print(`\n${printedTable(figures)}`)
    // A part of the table is no whole run.
    if (wanted.length === 0 && failed.length === 0) saveResults(await describeRun(figures))
    const missed = missedOf(figures)
    for (const { name, unit, value, bar } of missed) {
      const got = value === undefined ? 'not available' : `${readable(value)} ${unit}`.trim()
      if (bar) print(`Missed: ${name} is ${got}, should be ${describeBar(bar)} ${unit}`.trimEnd())
    }
    if (flags.check && missed.length > 0) process.exitCode = 1
  }
} catch (error) {
  failed.push('the benchmark itself')
  print(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
if (failed.length > 0) {
  print(`Failed: ${failed.join(', ')}. The logs of all parts are in ${directory}`)
  process.exitCode = 1
} else rmSync(directory, { recursive: true, force: true })
