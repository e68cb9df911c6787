/**
 * Checks the audit log's chain: `npm run audit:verify [-- --noted <line>:<hash>]
 * [--metrics-file <path>]`. Exit code 1 when a
 * line does not fit, 2 when nothing can be said.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { connectDatabase } from '../db/client.ts'
import { checkChain, type Finding, type Place } from './chain.ts'
import { auditMetrics } from './verify-metrics.ts'

const demo = new URL('../../../.dashgate/stack.json', import.meta.url)

/** The database of the environment, or that of the demo while it runs. */
function databaseUrl(): string {
  const given = process.env['DATABASE_URL']
  if (given !== undefined) return given
  if (!existsSync(demo)) throw new Error('Set DATABASE_URL to the Postgres URL of the gateway.')
  const stack = JSON.parse(readFileSync(demo, 'utf8')) as { appDatabaseUrl: string }
  return stack.appDatabaseUrl
}

const options = { noted: { type: 'string' }, 'metrics-file': { type: 'string' } } as const

function notedPlace(): Place | undefined {
  const { noted } = parseArgs({ options }).values
  if (noted === undefined) return undefined
  const [, id, hash] = /^([1-9]\d{0,15}):([0-9a-f]{64})$/.exec(noted) ?? []
  if (id === undefined || hash === undefined) {
    throw new Error('--noted takes what an earlier run has printed: the line, a colon, its hash.')
  }
  return { id: Number(id), hash }
}

/** On a terminal the line is written over; in a file there are few of them. */
function showProgress(lines: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${lines.toLocaleString('en')} lines checked`)
  else if (lines % 500_000 === 0) process.stderr.write(`${lines} lines checked\n`)
}

function say(found: Finding): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u{1b}[K')
  if (found.result === 'whole') {
    const { id, hash } = found.last
    process.stdout.write(
      `The audit log is whole: ${id} lines, each fits the one before.\n` +
        (id === 0 ? '' : `Its last line, to be noted elsewhere: ${id}:${hash}\n`),
    )
    return
  }
  process.exitCode = 1
  process.stderr.write(
    found.result === 'broken'
      ? `The audit log was tampered with: line ${found.at} was changed, removed or added. ` +
          'Compare it with a backup; the lines before it are as they were written.\n'
      : `The audit log was rewritten: line ${found.at} is not the one that was noted, ` +
          'although each line fits the one before. Compare it with a backup.\n',
  )
}

/** Whole or not at all, since node_exporter reads it at any moment. */
function writeMetrics(found: Finding): void {
  const { 'metrics-file': file } = parseArgs({ options }).values
  if (file === undefined) return
  writeFileSync(`${file}.new`, auditMetrics(found, new Date()))
  renameSync(`${file}.new`, file)
}

async function verify(): Promise<void> {
  const noted = notedPlace()
  const database = connectDatabase({ url: databaseUrl(), poolSize: 1 })
  try {
    const found = await checkChain(database, { noted, onProgress: showProgress })
    say(found)
    writeMetrics(found)
  } finally {
    await database.close()
  }
}

try {
  await verify()
} catch (error) {
  process.exitCode = 2
  const { message, cause } = error as Error
  const reason = cause instanceof Error ? ` (${cause.message})` : ''
  process.stderr.write(`The audit log could not be checked: ${message}${reason}\n`)
}
