import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import {
  compareReleases,
  readCatalogues,
  valueAt,
  type ReleaseCatalogue,
} from '../../test-support/release-catalogue.ts'
import { contractions, declaredIn, readShape } from '../../test-support/schema-shape.ts'
import { createDatabase, gatewayPassword, urlOf } from '../../test-support/test-database.ts'
import { migrateDatabase, migrationsFolder } from './migrations.ts'

/**
 * Expand, then contract: while a release is rolled out, gateways of the one before run on the newer
 * schema. What those say to the database was recorded from a run of theirs (`npm run release:record`).
 */
const catalogues = readCatalogues()
const oldest = catalogues[0]
const journal = JSON.parse(
  await readFile(join(migrationsFolder, 'meta/_journal.json'), 'utf8'),
) as { entries: { tag: string }[] }
const tags = journal.entries.map(({ tag }) => tag)

let name: string
let url: string
let owner: postgres.Sql
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dashgate-releases-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

beforeEach(async () => {
  name = `release_${randomBytes(6).toString('hex')}`
  await createDatabase(inject('postgresUrl'), name)
  url = urlOf(inject('postgresUrl'), name)
  owner = postgres(url, { max: 1, onnotice: () => {} })
})

afterEach(async () => {
  await owner.end({ timeout: 1 })
  const server = postgres(inject('postgresUrl'), { max: 1 })
  await server.unsafe(`drop database ${name} with (force)`)
  await server.end()
})

/** The migrations up to one of them, as that release had them. */
async function migrateTo(count: number, extra?: string): Promise<void> {
  const own = join(folder, `${count}-${extra ? 'more' : 'as-is'}`)
  await mkdir(join(own, 'meta'), { recursive: true })
  const entries: object[] = journal.entries.slice(0, count)
  for (const tag of tags.slice(0, count)) {
    await copyFile(join(migrationsFolder, `${tag}.sql`), join(own, `${tag}.sql`))
  }
  if (extra !== undefined) {
    await writeFile(join(own, '9999_extra.sql'), extra)
    entries.push({ idx: count, version: '7', when: 9e12, tag: '9999_extra', breakpoints: true })
  }
  await writeFile(
    join(own, 'meta/_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  )
  await migrateDatabase({ url, folder: own })
}

async function sow({ seed }: ReleaseCatalogue): Promise<void> {
  for (const { table, rows } of seed) {
    for (const row of rows) await owner`insert into ${owner(table)} ${owner(row as never)}`
  }
}

/** Says again what was recorded, as the gateway's role, and compares what the database says. */
async function say(
  { statements }: ReleaseCatalogue,
  transactions: ReleaseCatalogue['transactions'],
  startedAt: number,
): Promise<string[]> {
  const gateway = postgres(urlOf(url, name, 'dashgate_gateway', gatewayPassword), {
    max: 1,
    prepare: false,
    fetch_types: false,
    onnotice: () => {},
  })
  // Values are kept as they went over the wire.
  Object.assign(gateway.options, { serializers: {} })
  const surprises: string[] = []
  for (const calls of transactions) {
    if ('owner' in calls) {
      await owner.unsafe(calls.owner)
      continue
    }
    await gateway.unsafe('begin')
    try {
      for (const [index, values, tag] of calls) {
        const { sql, columns } = statements[index] ?? { sql: '', columns: [] }
        const said = await gateway.unsafe(
          sql,
          values.map((value) => valueAt(value, startedAt)),
        )
        const seen = (said.columns ?? []).map((column) => column.name)
        if (JSON.stringify(seen) !== JSON.stringify(columns)) {
          surprises.push(`${sql}: columns ${seen.join()}`)
        }
        if (!isAs(tag, said)) surprises.push(`${sql}: ${said.command} ${said.count}, not ${tag}`)
      }
      await gateway.unsafe('commit')
    } catch (error) {
      await gateway.unsafe('rollback')
      surprises.push(`${statements[calls.at(-1)?.[0] ?? 0]?.sql}: ${String(error)}`)
    }
  }
  await gateway.end()
  return surprises
}

/** How many rows a page of a list has hangs on moments that are not quite the same; writing does not. */
function isAs(tag: string, { command, count }: { command: string; count: number }): boolean {
  const expected = Number(/\d+$/.exec(tag)?.[0] ?? 0)
  if (!tag.startsWith(command)) return false
  return command === 'SELECT' ? expected > 0 === count > 0 : expected === (count ?? 0)
}

describe.each(catalogues)('a gateway of release $release', (catalogue) => {
  const { transactions } = catalogue
  const middle = Math.floor(transactions.length / 2)
  const from = catalogue.migrations.length

  it('came with migrations that are still the first ones', () => {
    expect(tags.slice(0, from)).toEqual(catalogue.migrations)
  })

  it.each([
    ['after', 0],
    ['in the middle of', middle],
    ['before', transactions.length],
  ])('works %s an upgrade to the newest schema', async (_, split) => {
    await migrateTo(from)
    await sow(catalogue)
    const startedAt = Date.now()
    const before = await say(catalogue, transactions.slice(0, split), startedAt)
    await migrateDatabase({ url })
    const after = await say(catalogue, transactions.slice(split), startedAt)

    expect([...before, ...after]).toEqual([])
    expect(await owner`select audit_chain_broken_at() as broken`).toEqual([{ broken: null }])
  })

  it.each([
    ['a column', 'alter table tenants drop column storage_prefix'],
    ['a name', 'alter table preferences rename column user_sub to sub'],
    ['a right', 'revoke update on sessions from dashgate_gateway'],
    ['a row', 'create policy less on sessions as restrictive for select using (false)'],
    ['a default', 'alter table key_rings alter column created_at drop default'],
    ['a key', 'alter table preferences drop constraint preferences_pkey'],
    ['freedom', "alter table tenants add check (display_name <> 'Umbrella')"],
  ])('is found to miss %s that is taken away', async (_, statement) => {
    await migrateTo(tags.length, statement)
    await sow(catalogue).catch(() => {})

    expect(await say(catalogue, transactions, Date.now())).not.toEqual([])
  })
})

describe('each migration since the oldest release that may still run', () => {
  it('takes nothing away from it, or says what, and from which release on nobody misses it', async () => {
    const since = oldest?.migrations.length ?? 0
    await migrateTo(since)
    let before = await readShape(owner)
    for (const [index, tag] of tags.entries()) {
      if (index < since) continue
      await migrateTo(index + 1)
      const after = await readShape(owner)
      const taken = contractions(before, after)
      const declared = declaredIn(await readFile(join(migrationsFolder, `${tag}.sql`), 'utf8'))
      const tooEarly = declared.filter(
        ({ from }) => from !== undefined && oldest && compareReleases(from, oldest.release) > 0,
      )

      expect(taken, `${tag} takes away what it declares`).toEqual(
        declared.map(({ what }) => what).toSorted(),
      )
      expect(tooEarly, `${tag} takes away what releases need that may still run`).toEqual([])
      before = after
    }
  })
})
