import type { HomeDashboard } from '@dashgate/web/views/home-page.ts'
import type { Mark } from '../marks/mark-store.ts'
import type { Dashboard } from '../tenant/tenant.ts'
import { fold } from './tenant-search.ts'

/** A tenant's dashboards as its page lists them: those that have all the words, in the tenant's order. */
export function homeDashboards(
  dashboards: readonly Dashboard[],
  marks: ReadonlyMap<string, Mark>,
  query: string,
): HomeDashboard[] {
  const words = fold(query.slice(0, 100)).split(/\s+/).filter(Boolean)
  return dashboards.flatMap(({ slug, title, description }) => {
    const text = fold(`${title} ${description} ${slug}`)
    if (!words.every((word) => text.includes(word))) return []
    const mark = marks.get(slug)
    const openedAt = mark?.openedAt?.getTime()
    return {
      slug,
      title,
      description,
      isFavourite: mark?.isFavourite === true,
      ...(openedAt === undefined ? {} : { openedAt }),
    }
  })
}
