import { and, asc, desc, eq, isNotNull, ne, or, sql, type SQL } from 'drizzle-orm'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Database, Transaction } from '../db/client.ts'
import { preferences } from '../db/schema.ts'
import type { PreferenceOwner, PreferenceWriter } from './preference.ts'
import { viewKey, type View, type ViewChange, type ViewSummary } from './view.ts'
import type { WriteLimit } from './write-limit.ts'

/** A person of a tenant, on whichever of its dashboards. */
export type ViewOwner = Omit<PreferenceOwner, 'dashboard'>
export type ViewWriter = Omit<PreferenceWriter, 'dashboard'>

export interface ViewStore {
  /** One's own of a dashboard and those that others of the tenant share, by name. */
  list(owner: PreferenceOwner): Promise<ViewSummary[]>
  find(owner: PreferenceOwner, id: string): Promise<View | undefined>
  /** One's own of all dashboards. */
  listOwn(owner: ViewOwner): Promise<ViewSummary[]>
  /** Of one's own only. */
  change(writer: ViewWriter, id: string, change: ViewChange): Promise<ChangeOutcome>
  remove(writer: ViewWriter, id: string): Promise<'done' | 'absent' | 'too_fast'>
}

export type ChangeOutcome = 'done' | 'absent' | 'taken' | 'too_fast'

const isMine = ({ issuer, sub }: ViewOwner) =>
  sql<boolean>`(${preferences.issuer} = ${issuer} and ${preferences.userSub} = ${sub})`

const summaryOf = (owner: ViewOwner) => ({
  id: preferences.id,
  dashboard: preferences.dashboardSlug,
  name: preferences.name,
  isMine: isMine(owner),
  isDefault: sql<boolean>`(${preferences.isDefault} and ${isMine(owner)})`,
  isShared: sql<boolean>`(${preferences.sharedBy} is not null)`,
  sharedBy: sql<
    string | null
  >`case when ${isMine(owner)} then null else ${preferences.sharedBy} end`,
  version: preferences.version,
  updatedAt: preferences.updatedAt,
  path: sql<string | null>`${preferences.value} -> ${viewKey}::text ->> 'path'`,
})

const isView = sql`${preferences.value} ? ${viewKey}`

/** Every statement names the tenant; row-level security holds it a second time. */
const ofTenant = ({ tenantId }: ViewOwner) => and(eq(preferences.tenantId, tenantId), isView)

const ofDashboard = (owner: PreferenceOwner): SQL | undefined =>
  and(
    ofTenant(owner),
    eq(preferences.dashboardSlug, owner.dashboard),
    or(isMine(owner), isNotNull(preferences.sharedBy)),
  )

const own = (owner: ViewOwner, id: string) =>
  and(ofTenant(owner), isMine(owner), eq(preferences.id, id))

/** Views as people see them: the rows are preferences, which the app's own code sees as well. */
export function createViewStore(
  database: Database,
  audit: Pick<AuditStore, 'recordIn'>,
  limit: WriteLimit,
): ViewStore {
  const record = (
    tx: Transaction,
    { tenantId, sub, email, requestId }: ViewWriter,
    action: 'preferences.saved' | 'preferences.removed',
    { dashboard, ...detail }: { dashboard: string; name: string; isShared?: boolean },
  ) => {
    const actor = { type: 'user' as const, id: sub, email }
    return audit.recordIn(tx, { action, actor, tenantId, dashboard, requestId, detail })
  }

  return {
    list: (owner) =>
      database.inTenant(owner.tenantId, (tx) =>
        tx
          .select(summaryOf(owner))
          .from(preferences)
          .where(ofDashboard(owner))
          .orderBy(desc(isMine(owner)), asc(preferences.name), asc(preferences.id))
          .limit(mostListed),
      ),

    find: (owner, id) =>
      database.inTenant(owner.tenantId, async (tx) => {
        const [row] = await tx
          .select({ ...summaryOf(owner), value: preferences.value })
          .from(preferences)
          .where(and(ofDashboard(owner), eq(preferences.id, id)))
        return row
      }),

    listOwn: (owner) =>
      database.inTenant(owner.tenantId, (tx) =>
        tx
          .select(summaryOf(owner))
          .from(preferences)
          .where(and(ofTenant(owner), isMine(owner)))
          .orderBy(asc(preferences.dashboardSlug), asc(preferences.name))
          .limit(mostListed),
      ),

    change: async (writer, id, change) => {
      if (!limit.take({ ...writer, dashboard: '' })) return 'too_fast'
      return database.inTenant(writer.tenantId, (tx) => changeIn(tx, writer, id, change, record))
    },

    remove: async (writer, id) => {
      if (!limit.take({ ...writer, dashboard: '' })) return 'too_fast'
      return database.inTenant(writer.tenantId, async (tx) => {
        const [removed] = await tx
          .delete(preferences)
          .where(own(writer, id))
          .returning({ dashboard: preferences.dashboardSlug, name: preferences.name })
        if (!removed) return 'absent'
        await record(tx, writer, 'preferences.removed', removed)
        return 'done'
      })
    },
  }
}

/** A tenant of hundreds who all share fifty each would fill the menu of everybody. */
const mostListed = 500

type Record = (
  tx: Transaction,
  writer: ViewWriter,
  action: 'preferences.saved',
  detail: { dashboard: string; name: string; isShared?: boolean },
) => Promise<unknown>

async function changeIn(
  tx: Transaction,
  writer: ViewWriter,
  id: string,
  { name, isDefault, isShared }: ViewChange,
  record: Record,
): Promise<ChangeOutcome> {
  const [present] = await tx
    .select({ dashboard: preferences.dashboardSlug, name: preferences.name })
    .from(preferences)
    .where(own(writer, id))
    .for('update')
  if (!present) return 'absent'
  const { dashboard } = present
  const siblings = and(
    eq(preferences.tenantId, writer.tenantId),
    isMine(writer),
    eq(preferences.dashboardSlug, dashboard),
    ne(preferences.id, id),
  )
  if (name !== undefined && name !== present.name) {
    const [taken] = await tx
      .select({ id: preferences.id })
      .from(preferences)
      .where(and(siblings, eq(preferences.name, name)))
    if (taken) return 'taken'
  }
  const next = { version: sql`${preferences.version} + 1`, updatedAt: sql`now()` }
  if (isDefault === true) {
    await tx
      .update(preferences)
      .set({ isDefault: false, ...next })
      .where(and(siblings, eq(preferences.isDefault, true)))
  }
  await tx
    .update(preferences)
    .set({
      ...next,
      ...(name === undefined ? {} : { name }),
      ...(isDefault === undefined ? {} : { isDefault }),
      ...(isShared === undefined ? {} : { sharedBy: isShared ? writer.email : null }),
    })
    .where(own(writer, id))
  await record(tx, writer, 'preferences.saved', {
    dashboard,
    name: name ?? present.name,
    ...(isShared === undefined ? {} : { isShared }),
  })
  return 'done'
}
