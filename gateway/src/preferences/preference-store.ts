import { and, asc, count, eq, ne, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../db/client.ts'
import { preferences } from '../db/schema.ts'
import {
  namesPerOwner,
  type NewPreference,
  type Preference,
  type PreferenceOwner,
} from './preference.ts'

/** The versions that a writer accepts to replace: what `If-Match` says. */
export type Expected = 'any' | 'existing' | ReadonlySet<number>

export type PutOutcome =
  | { readonly kind: 'saved'; readonly preference: Preference }
  | { readonly kind: 'stale' }
  | { readonly kind: 'full' }
  | { readonly kind: 'unstorable'; readonly cause: unknown }

export interface PreferenceStore {
  list(owner: PreferenceOwner): Promise<Preference[]>
  find(owner: PreferenceOwner, name: string): Promise<Preference | undefined>
  put(owner: PreferenceOwner, preference: NewPreference, expected: Expected): Promise<PutOutcome>
  remove(
    owner: PreferenceOwner,
    name: string,
    expected: Expected,
  ): Promise<'removed' | 'absent' | 'stale'>
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

export function createPreferenceStore(database: Database): PreferenceStore {
  return {
    list: (owner) =>
      database.inTenant(owner.tenantId, (tx) =>
        tx.select(columns).from(preferences).where(ownedBy(owner)).orderBy(asc(preferences.name)),
      ),

    find: (owner, name) => database.inTenant(owner.tenantId, (tx) => findIn(tx, owner, name)),

    put: async (owner, preference, expected) => {
      try {
        return await database.inTenant(owner.tenantId, (tx) =>
          putIn(tx, owner, preference, expected),
        )
      } catch (cause) {
        if (isUnstorable(cause)) return { kind: 'unstorable', cause }
        throw cause
      }
    },

    remove: (owner, name, expected) =>
      database.inTenant(owner.tenantId, async (tx) => {
        await lockOwner(tx, owner)
        const present = await findIn(tx, owner, name)
        if (!isExpected(present, expected)) return 'stale'
        await tx.delete(preferences).where(named(owner, name))
        return present ? 'removed' : 'absent'
      }),
  }
}

async function putIn(
  tx: Transaction,
  owner: PreferenceOwner,
  { name, value, isDefault }: NewPreference,
  expected: Expected,
): Promise<PutOutcome> {
  await lockOwner(tx, owner)
  const present = await findIn(tx, owner, name)
  if (!isExpected(present, expected)) return { kind: 'stale' }
  if (!present && (await countOf(tx, owner)) >= namesPerOwner) return { kind: 'full' }
  if (isDefault) await dropDefault(tx, owner, name)
  const version = (present?.version ?? 0) + 1
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
  return { kind: 'saved', preference }
}

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
  if (!present) return false
  return expected === 'existing' || expected.has(present.version)
}

/** jsonb takes neither NUL nor half a surrogate pair (PostgreSQL, §8.14.1; SQLSTATE class 22). */
const isUnstorable = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === '22P05' || error.code === '22P02' || error.code === '22021')
