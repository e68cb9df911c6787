import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { dashboardMarks } from '../db/schema.ts'

/** One person, for one tenant. */
export interface MarkOwner {
  readonly tenantId: string
  readonly issuer: string
  readonly sub: string
}

export interface Mark {
  readonly isFavourite: boolean
  readonly openedAt: Date | null
}

/** Favourites, and what was opened when: of this person for this tenant, and of nobody else. */
export function createMarkStore(database: Pick<Database, 'inTenant'>) {
  function write(
    { tenantId, issuer, sub }: MarkOwner,
    dashboardSlug: string,
    values: { isFavourite: boolean } | { openedAt: typeof byClock },
  ): Promise<void> {
    return database.inTenant(tenantId, async (tx) => {
      await tx
        .insert(dashboardMarks)
        .values({ tenantId, issuer, userSub: sub, dashboardSlug, ...values })
        .onConflictDoUpdate({
          target: [
            dashboardMarks.tenantId,
            dashboardMarks.issuer,
            dashboardMarks.userSub,
            dashboardMarks.dashboardSlug,
          ],
          set: values,
        })
    })
  }

  return {
    /** By slug. */
    async list({ tenantId, issuer, sub }: MarkOwner): Promise<Map<string, Mark>> {
      const rows = await database.inTenant(tenantId, (tx) =>
        tx
          .select({
            slug: dashboardMarks.dashboardSlug,
            isFavourite: dashboardMarks.isFavourite,
            openedAt: dashboardMarks.openedAt,
          })
          .from(dashboardMarks)
          .where(
            and(
              eq(dashboardMarks.tenantId, tenantId),
              eq(dashboardMarks.issuer, issuer),
              eq(dashboardMarks.userSub, sub),
            ),
          ),
      )
      return new Map(rows.map(({ slug, ...mark }) => [slug, mark]))
    },
    setFavourite: (owner: MarkOwner, slug: string, isFavourite: boolean): Promise<void> =>
      write(owner, slug, { isFavourite }),
    noteOpened: (owner: MarkOwner, slug: string): Promise<void> =>
      write(owner, slug, { openedAt: byClock }),
  }
}

const byClock = sql`now()`

export type MarkStore = ReturnType<typeof createMarkStore>
