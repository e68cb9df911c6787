import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import postgres from 'postgres'
import { startStack, type Stack } from '../../dev/stack.ts'
import { startEchoApp } from '../test/support/echo-app.ts'
import { tellReleaseStory } from '../test/support/release-story.ts'
import { startGateways, type Replica } from '../test/support/replicas.ts'
import { startPgBouncer } from './pgbouncer.ts'
import type { ReleaseCatalogue } from './release-catalogue.ts'
import { startWireRecorder, type WireTransaction } from './wire-recorder.ts'

export interface StoryRecording {
  /** What the database held before. */
  readonly seed: ReleaseCatalogue['seed']
  readonly startedAt: number
  readonly transactions: readonly WireTransaction[]
  /** Rights of the gateway's role that nothing in the story needs. */
  readonly unused: readonly string[]
  /** What the gateways logged. */
  readonly log: string
}

/**
 * Tells the release story to two gateways of a stack of its own and writes down what they say to the
 * database.
 *
 * @param poolSize puts PgBouncer in transaction mode in between, with so many server connections
 */
export async function recordStory({
  poolSize,
}: { poolSize?: number } = {}): Promise<StoryRecording> {
  const directory = await mkdtemp(join(tmpdir(), 'dashgate-release-'))
  const stack = await startStack({
    directory,
    gateway: false,
    dashApps: [],
    // Due for a refresh two seconds after the sign-in.
    accessTokenSeconds: 3,
  })
  try {
    const owner = postgres(stack.info.databaseUrl, { max: 1, onnotice: () => {} })
    const seed = await readSeed(owner)
    const startedAt = Date.now()
    const { transactions, log } = await tell(stack, owner, poolSize)
    const unused = await unusedRights(owner, transactions)
    await owner.end()
    return { seed, startedAt, transactions, unused, log }
  } finally {
    await stack.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

async function tell(
  { info, gatewayEnvironment }: Stack,
  owner: postgres.Sql,
  poolSize: number | undefined,
) {
  const { appDatabaseUrl, publicUrl, logs } = info
  const pooler =
    poolSize === undefined
      ? undefined
      : await startPgBouncer({ server: appDatabaseUrl, roles: [appDatabaseUrl], poolSize })
  const target = pooler?.through(appDatabaseUrl) ?? appDatabaseUrl
  const recorder = await startWireRecorder({ port: Number(new URL(target).port) })
  const recorded = new URL(appDatabaseUrl)
  recorded.port = String(recorder.port)
  const app = await startEchoApp()
  const gateways = await startGateways(2, {
    environment: {
      ...gatewayEnvironment,
      DATABASE_URL: recorded.href,
      DATABASE_LISTEN_URL: appDatabaseUrl,
    },
    logs,
    // The second extends what the first began: a minute is too long to wait for.
    override: (index) =>
      index === 0
        ? { PUBLIC_LISTEN: `127.0.0.1:${new URL(publicUrl).port}`, SESSION_IDLE_SECONDS: '1800' }
        : { SESSION_IDLE_SECONDS: '3600' },
  })
  try {
    const replicas = gateways.replicas as [Replica, Replica]
    await tellReleaseStory({
      stack: info,
      replicas,
      app,
      asOwner: async (sql, isPartOfIt) => {
        if (isPartOfIt) recorder.noteOwner(sql)
        return owner.unsafe(sql)
      },
    })
    // What is written after an answer, and the provider's back channel.
    await wait(1500)
    const log = (await Promise.all(replicas.map((replica) => replica.log()))).join('')
    return { transactions: recorder.transactions, log }
  } finally {
    await gateways.stop()
    await app.stop()
    await recorder.close()
    await pooler?.stop()
  }
}

async function readSeed(owner: postgres.Sql): Promise<ReleaseCatalogue['seed']> {
  const seed = []
  for (const table of ['tenants', 'dashboards', 'assignments']) {
    const rows = await owner<{ row: Record<string, unknown> }[]>`
      select to_jsonb(one) - 'created_at' - 'updated_at' as row from ${owner(table)} as one`
    seed.push({ table, rows: rows.map(({ row }) => row) })
  }
  return seed
}

/** Rights were given for something that the gateway does: the story has to do it, too. */
async function unusedRights(
  owner: postgres.Sql,
  transactions: readonly WireTransaction[],
): Promise<string[]> {
  const rights = await owner<{ verb: string; table: string }[]>`
    select distinct lower(privilege_type) as verb, table_name as table
    from information_schema.role_column_grants where grantee = 'dashgate_gateway'
      and table_schema = 'public' and privilege_type in ('SELECT', 'INSERT', 'UPDATE')
    union
    select lower(privilege_type), table_name from information_schema.role_table_grants
    where grantee = 'dashgate_gateway' and table_schema = 'public' and privilege_type = 'DELETE'`
  const own = transactions.flat().filter(({ byOwner }) => !byOwner)
  const statements = [...new Set(own.map(({ sql }) => sql))]
  return rights
    .filter((right) => !statements.some((sql) => isUsed(right, sql)))
    .map(({ verb, table }) => `${verb} on ${table}`)
}

function isUsed({ verb, table }: { verb: string; table: string }, sql: string): boolean {
  if (verb === 'select') return sql.includes(`from "${table}"`)
  if (verb === 'insert') return sql.includes(`insert into "${table}"`)
  if (verb === 'delete') return sql.includes(`delete from "${table}"`)
  const upsert = sql.includes(`insert into "${table}"`) && sql.includes('do update set')
  return sql.includes(`update "${table}"`) || upsert
}
