import { and, asc, eq, inArray } from 'drizzle-orm'
import type { Transaction } from '../db/client.ts'
import { assignments, dashboards } from '../db/schema.ts'
import { refuseUnfitAssignments } from './config-rules.ts'
import { differences, isEmpty } from './differences.ts'
import { InvalidInput } from './problem.ts'
import type { WantedAssignment } from './tenant-api.ts'

/** As it is answered: what was read can be sent again. */
const view = {
  slug: assignments.dashboardSlug,
  position: assignments.position,
  enabled: assignments.enabled,
  config: assignments.config,
}

type Assignment = Required<WantedAssignment>

/** In the order in which the tenant's people see them. */
export const assignmentsOf = (tx: Transaction, tenantId: string): Promise<Assignment[]> =>
  tx
    .select(view)
    .from(assignments)
    .where(eq(assignments.tenantId, tenantId))
    .orderBy(asc(assignments.position), asc(assignments.dashboardSlug))

/**
 * Makes assignments what was sent; others stay.
 *
 * @returns whether any had to be changed
 */
export async function assign(
  tx: Transaction,
  tenantId: string,
  current: readonly Assignment[],
  sent: WantedAssignment | readonly WantedAssignment[],
): Promise<boolean> {
  const wanted = [sent].flat()
  await refuseUnusable(tx, wanted, Array.isArray(sent))
  const bySlug = new Map(current.map((one) => [one.slug, one]))
  const changed = wanted.filter((one) => {
    const stored = bySlug.get(one.slug)
    return stored === undefined || !isEmpty(differences(stored, one))
  })
  for (const { slug, ...values } of changed) {
    await tx
      .insert(assignments)
      .values({ tenantId, dashboardSlug: slug, ...values })
      .onConflictDoUpdate({
        target: [assignments.tenantId, assignments.dashboardSlug],
        set: values,
      })
  }
  const prefixOf = (one: WantedAssignment) => (Array.isArray(sent) ? `${wanted.indexOf(one)}.` : '')
  const prefixes = new Map(changed.map((one) => [one.slug, prefixOf(one)]))
  if (changed.length > 0) await refuseUnfitAssignments(tx, tenantId, prefixes)
  return changed.length > 0
}

/** @returns what it was, or undefined where nothing was assigned */
export async function removeAssignment(
  tx: Transaction,
  tenantId: string,
  slug: string,
): Promise<Assignment | undefined> {
  const [removed] = await tx
    .delete(assignments)
    .where(and(eq(assignments.tenantId, tenantId), eq(assignments.dashboardSlug, slug)))
    .returning(view)
  return removed
}

async function refuseUnusable(
  tx: Transaction,
  wanted: readonly WantedAssignment[],
  isList: boolean,
): Promise<void> {
  const slugs = wanted.map(({ slug }) => slug)
  const rows = await tx
    .select({ slug: dashboards.slug })
    .from(dashboards)
    .where(inArray(dashboards.slug, slugs))
  const known = new Set(rows.map(({ slug }) => slug))
  const faults = slugs.flatMap((slug, index) => {
    const message = !known.has(slug)
      ? `there is no dashboard ${slug}; create it with PUT /admin/dashboards/${slug}`
      : slugs.indexOf(slug) < index
        ? 'is in the list twice'
        : undefined
    return message === undefined ? [] : [{ field: isList ? `${index}.slug` : 'slug', message }]
  })
  if (faults.length > 0) throw new InvalidInput(faults)
}
