import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/**
 * SQL is made by Drizzle or by tagged templates, which send values apart from the text (OWASP, SQL
 * Injection Prevention). What else could make a statement is looked for here.
 */
const source = fileURLToPath(new URL('.', import.meta.url))

const sources = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }))

/** Whatever of the sources fits, as `file: what was found`. */
const found = (pattern: RegExp) =>
  sources.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)].map(
      (match) => `${file}: ${(match[1] ?? match[0]).replaceAll(/\s+/g, ' ').trim()}`,
    ),
  )

const without = (lines: readonly string[], allowed: RegExp) =>
  lines.filter((line) => !allowed.test(line))

/** Statements as text that is no literal, each with the reason why no value of a client is in it. */
const reasoned: Readonly<Record<string, string>> = {
  'db/migrations.ts: row.statement':
    'ALTER ROLE takes no parameters: Postgres itself has quoted the password, with format(%L)',
  'db/migrations.ts: journalTable': 'a constant of the file, with nothing put in',
  'db/migrations.ts: statement': 'a file of migrations/, as it lies there',
  'db/least-privilege.ts: faultsQuery': 'a constant of the file, with nothing put in',
}

describe('statements to the database', () => {
  it('are found at all', () => {
    expect(sources.length).toBeGreaterThan(100)
    expect(found(/\bsql`/g).length).toBeGreaterThan(20)
    expect(found(/\.unsafe\(/g).length).toBeGreaterThan(4)
    expect(found(/\.orderBy\(/g).length).toBeGreaterThan(4)
  })

  it('that are given as text are literals, but for those with a reason', () => {
    const isLiteral = /: (?:'[^']*'|"[^"]*")$/
    const given = found(/\.unsafe(?:<[^(]*>)?\(\s*("[^"]*"|'[^']*'|[^,)]*)/g)
    const others = without(given, isLiteral)
    expect(new Set(others)).toEqual(new Set(Object.keys(reasoned)))
  })

  it('put in no piece of text by the ways that Drizzle and the driver have for it', () => {
    expect(found(/\bsql\.(?:raw|identifier|unsafe|file)\b/g)).toEqual([])
    expect(found(/\bnew SQL\(|\bStringChunk\b|\.queryChunks\b/g)).toEqual([])
  })

  it('that are executed are tagged templates', () => {
    expect(without(found(/\.execute(?:<[^(]*>)?\(\s*([^\s]{4})/g), /: sql`$/)).toEqual([])
  })

  it('are in no template that has no tag', () => {
    const words = 'select|insert into|update|delete from|with|alter|create|drop|set|truncate'
    const untagged = new RegExp(`(?<![\\w>)])\`\\s*(?:${words})\\s[^\`]*\\$\\{`, 'gi')
    expect(found(untagged)).toEqual([])
    const joined = new RegExp(`['"](?:${words})\\s[^'"\\n]*['"]\\s*\\+`, 'gi')
    expect(found(joined)).toEqual([])
  })

  it('are sorted by columns that the code names: in place, or in the list of an `Order`', () => {
    const inPlace = /: (?:(?:asc|desc)\(\w+\.\w+\)(?:, )?)+$/
    const sorted = found(/\.orderBy\(((?:[^()]|\([^()]*\))*)\)/g)
    expect(without(sorted, inPlace).filter((line) => !line.endsWith(': ...page.orderBy'))).toEqual(
      [],
    )
    const orders = found(/^const order = \{((?:[^{}]|\{[^{}]*\})*)\}/gm)
    expect(orders.length).toBe(sorted.filter((line) => line.endsWith(': ...page.orderBy')).length)
    expect(without(orders, /: columns: \{(?: \w+: \w+\.\w+,?)+ \}, key: \w+\.\w+,?$/)).toEqual([])
  })
})
