import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import type { WireTransaction } from './wire-recorder.ts'

const folder = new URL('../../migrations/releases/', import.meta.url)
export const catalogueFile = (release: string) => new URL(`${release}.json`, folder)

const call = z.tuple([
  z.number().int().describe('which of `statements`'),
  z
    .array(z.string().nullable())
    .describe(
      'its values, as text; `@12.5s` is a moment after the start, `@12.5us` the same in microseconds',
    ),
  z.string().describe('command tag'),
])

/** What a release says to the database: from a run of it against the schema that it came with. */
const catalogue = z.object({
  release: z.string(),
  /** The migrations that it came with. */
  migrations: z.array(z.string()),
  /** Rows that were there before it started, in the order in which they can be inserted. */
  seed: z.array(z.object({ table: z.string(), rows: z.array(z.record(z.string(), z.unknown())) })),
  statements: z.array(z.object({ sql: z.string(), columns: z.array(z.string()) })),
  /** Its transactions, in the order in which they were committed; between them what the owner said. */
  transactions: z.array(z.union([z.array(call), z.object({ owner: z.string() })])),
})

export type ReleaseCatalogue = z.output<typeof catalogue>

/** The releases whose gateways may still run while the database is newer, oldest first. */
export function readCatalogues(): ReleaseCatalogue[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => catalogue.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))))
    .toSorted((a, b) => compareReleases(a.release, b.release))
}

export function compareReleases(a: string, b: string): number {
  const [left, right] = [a, b].map((release) => release.split('.').map(Number))
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Long enough to be a hash, a key or sealed: replaced, so that no file looks as if it held secrets. */
const opaque = /[A-Za-z0-9_~+/=.*-]{32,}/g
/** A moment as text, and in microseconds since the epoch, which cursors of lists hold. */
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** Reduces what was recorded to what differs, with times counted from the start. */
export function abridge(
  recorded: readonly WireTransaction[],
  startedAt: number,
): Pick<ReleaseCatalogue, 'statements' | 'transactions'> {
  const statements: { sql: string; columns: string[] }[] = []
  const numbers = new Map<string, number>()
  const stand = standIns()
  const known = new Set<string>()

  function numberOf({ sql, columns }: WireTransaction[number]): number {
    const number = numbers.get(sql) ?? statements.push({ sql, columns: [...columns] }) - 1
    numbers.set(sql, number)
    return number
  }

  const transactions = recorded.flatMap((transaction): ReleaseCatalogue['transactions'] => {
    const [first] = transaction
    if (first?.byOwner) return [{ owner: first.sql }]
    const calls = transaction.map((one): z.output<typeof call> => {
      const values = one.values.map((value) => value && abridged(value, startedAt, stand))
      return [numberOf(one), values, one.tag]
    })
    // What only reads, and was asked in the same way before, shows nothing new.
    const key = JSON.stringify(calls.map(([number, values]) => [number, values.length]))
    const isOnlyReading = calls.every(([, , tag]) => tag.startsWith('SELECT'))
    if (isOnlyReading && known.has(key)) return []
    known.add(key)
    return [calls]
  })
  return { statements, transactions }
}

function abridged(value: string, startedAt: number, stand: (text: string) => string): string {
  if (instant.test(value)) return `@${(Date.parse(value) - startedAt) / 1000}s`
  const sinceMs = Number(value) / 1000 - startedAt
  if (/^\d{16}$/.test(value) && Math.abs(sinceMs) < 600_000) return `@${sinceMs / 1000}us`
  return value.replace(opaque, stand)
}

/** The same stand-in for the same text, of the same length. */
function standIns(): (text: string) => string {
  const names = new Map<string, string>()
  return (text) => {
    const name = names.get(text) ?? `opaque-${names.size + 1}-`.padEnd(text.length, 'x')
    names.set(text, name)
    return name
  }
}

/** A value as it is said now. */
export function valueAt(value: string | null, startedAt: number): string | null {
  const [, seconds, unit] = /^@(-?[\d.]+)(s|us)$/.exec(value ?? '') ?? []
  if (seconds === undefined) return value
  const ms = startedAt + Number(seconds) * 1000
  return unit === 's' ? new Date(ms).toISOString() : String(Math.round(ms * 1000))
}

const lines = (items: readonly unknown[]) =>
  `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`

/** One line for each statement and transaction: what changed between two releases can be read. */
export function serialize({
  release,
  migrations,
  seed,
  statements,
  transactions,
}: ReleaseCatalogue) {
  return `{
  "release": ${JSON.stringify(release)},
  "migrations": ${JSON.stringify(migrations)},
  "seed": ${lines(seed)},
  "statements": ${lines(statements)},
  "transactions": ${lines(transactions)}
}
`
}
