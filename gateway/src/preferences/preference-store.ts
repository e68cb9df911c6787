import { randomInt } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { and, asc, count, eq, ne, sql } from 'drizzle-orm'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Database, Transaction } from '../db/client.ts'
import { preferences } from '../db/schema.ts'
import {
  namesPerOwner,
  type NewPreference,
  type Preference,
  type PreferenceOwner,
  type PreferenceWriter,
} from './preference.ts'
import type { WriteLimit } from './write-limit.ts'

/** What a writer accepts to replace: what `If-Match` and `If-None-Match` say. */
export type Expected = 'any' | 'existing' | 'none' | ReadonlySet<number>

export type PutOutcome =
  | {
      readonly kind: 'saved'
      readonly preference: Preference
      /** False when it was so already. */
      readonly isChange: boolean
    }
  | { readonly kind: 'stale' }
  | { readonly kind: 'full' }
  | { readonly kind: 'too_fast' }
  | { readonly kind: 'unstorable'; readonly cause: unknown }

export interface PreferenceStore {
  list(owner: PreferenceOwner): Promise<Preference[]>
  find(owner: PreferenceOwner, name: string): Promise<Preference | undefined>
  put(writer: PreferenceWriter, preference: NewPreference, expected: Expected): Promise<PutOutcome>
  remove(
    writer: PreferenceWriter,
    name: string,
    expected: Expected,
  ): Promise<'removed' | 'absent' | 'stale' | 'too_fast'>
}

const columns = {
  name: preferences.name,
  value: preferences.value,
  isDefault: preferences.isDefault,
  version: preferences.version,
  updatedAt: preferences.updatedAt,
}

/** Every statement names the whole owner; row-level security holds the tenant a second time. */
const ownedBy = ({ tenantId, issuer, sub, dashboard }: PreferenceOwner) =>
  and(
    eq(preferences.tenantId, tenantId),
    eq(preferences.issuer, issuer),
    eq(preferences.userSub, sub),
    eq(preferences.dashboardSlug, dashboard),
  )

const named = (owner: PreferenceOwner, name: string) =>
  and(ownedBy(owner), eq(preferences.name, name))

/** Each change is recorded in the transaction that makes it: which name, never what it holds. */
export function createPreferenceStore(
  database: Database,
  audit: Pick<AuditStore, 'recordIn'>,
  limit: WriteLimit,
): PreferenceStore {
  const record = (
    tx: Transaction,
    { tenantId, dashboard, sub, email, requestId }: PreferenceWriter,
    action: 'preferences.saved' | 'preferences.removed',
    detail: Readonly<Record<string, unknown>>,
  ) => {
    const actor = { type: 'user' as const, id: sub, email }
    return audit.recordIn(tx, { action, actor, tenantId, dashboard, requestId, detail })
  }

  return {
    list: (owner) =>
      database.inTenant(owner.tenantId, (tx) =>
        tx.select(columns).from(preferences).where(ownedBy(owner)).orderBy(asc(preferences.name)),
      ),

    find: (owner, name) => database.inTenant(owner.tenantId, (tx) => findIn(tx, owner, name)),

    put: async (writer, preference, expected) => {
      if (!limit.take(writer)) return { kind: 'too_fast' }
      try {
        return await database.inTenant(writer.tenantId, async (tx) => {
          const outcome = await putIn(tx, writer, preference, expected)
          if (outcome.kind === 'saved' && outcome.isChange) {
            const { name, isDefault } = outcome.preference
            await record(tx, writer, 'preferences.saved', { name, isDefault })
          }
          return outcome
        })
      } catch (cause) {
        if (isUnstorable(cause)) return { kind: 'unstorable', cause }
        throw cause
      }
    },

    remove: async (writer, name, expected) => {
      if (!limit.take(writer)) return 'too_fast'
      return database.inTenant(writer.tenantId, async (tx) => {
        await lockOwner(tx, writer)
        const present = await findIn(tx, writer, name)
        if (!isExpected(present, expected)) return 'stale'
        if (!present) return 'absent'
        await tx.delete(preferences).where(named(writer, name))
        await record(tx, writer, 'preferences.removed', { name })
        return 'removed'
      })
    },
  }
}

async function putIn(
  tx: Transaction,
  owner: PreferenceOwner,
  { name, value, isDefault: wantedDefault }: NewPreference,
  expected: Expected,
): Promise<PutOutcome> {
  await lockOwner(tx, owner)
  const present = await findIn(tx, owner, name)
  if (!isExpected(present, expected)) return { kind: 'stale' }
  if (!present && (await countOf(tx, owner)) >= namesPerOwner) return { kind: 'full' }
  const isDefault = wantedDefault ?? present?.isDefault ?? false
  if (present && isSame(present, value, isDefault)) {
    return { kind: 'saved', preference: present, isChange: false }
  }
  if (isDefault) await dropDefault(tx, owner, name)
  const version = present ? present.version + 1 : firstVersion()
  const changes = { value, isDefault, version, updatedAt: sql`now()` }
  const [preference] = await tx
    .insert(preferences)
    .values({
      tenantId: owner.tenantId,
      issuer: owner.issuer,
      userSub: owner.sub,
      dashboardSlug: owner.dashboard,
      name,
      value,
      isDefault,
      version,
    })
    .onConflictDoUpdate({
      target: [
        preferences.tenantId,
        preferences.issuer,
        preferences.userSub,
        preferences.dashboardSlug,
        preferences.name,
      ],
      set: changes,
    })
    .returning(columns)
  if (!preference) throw new Error('The row that was written did not come back')
  return { kind: 'saved', preference, isChange: true }
}

/**
 * Anywhere in the lower half of what the column holds: a tag of something that was removed does not
 * match what somebody later saves under its name, and there is room to count on.
 */
const firstVersion = (): number => randomInt(1, 2 ** 30)

/** Whether nothing would change; a filter that is set to what it was is saved all the same. */
const isSame = (present: Preference, value: unknown, isDefault: boolean): boolean =>
  present.isDefault === isDefault && isDeepStrictEqual(present.value, value)

/** One writer for each owner at a time: the limit and `If-Match` count on what they have just read. */
const lockOwner = (tx: Transaction, owner: PreferenceOwner) =>
  tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${JSON.stringify([
      owner.tenantId,
      owner.issuer,
      owner.sub,
      owner.dashboard,
    ])}, 0))`,
  )

async function findIn(tx: Transaction, owner: PreferenceOwner, name: string) {
  const [row] = await tx.select(columns).from(preferences).where(named(owner, name))
  return row
}

async function countOf(tx: Transaction, owner: PreferenceOwner): Promise<number> {
  const [row] = await tx.select({ total: count() }).from(preferences).where(ownedBy(owner))
  return row?.total ?? 0
}

const dropDefault = (tx: Transaction, owner: PreferenceOwner, exceptName: string) =>
  tx
    .update(preferences)
    .set({ isDefault: false, version: sql`${preferences.version} + 1`, updatedAt: sql`now()` })
    .where(and(ownedBy(owner), eq(preferences.isDefault, true), ne(preferences.name, exceptName)))

function isExpected(present: Preference | undefined, expected: Expected): boolean {
  if (expected === 'any') return true
  if (expected === 'none') return !present
  if (!present) return false
  return expected === 'existing' || expected.has(present.version)
}

/** jsonb takes neither NUL nor half a surrogate pair (PostgreSQL, §8.14.1; SQLSTATE class 22). */
const isUnstorable = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === '22P05' || error.code === '22P02' || error.code === '22021')
