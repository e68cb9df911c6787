/** What is known of a view before it is opened. */
export interface Known {
  readonly id: string
  readonly isDefault: boolean
  readonly path: string | null
}

interface Opening {
  readonly path: string
  readonly query: string
  readonly view: { readonly shownId?: string; readonly isGone?: boolean }
}

const viewId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * With which view a dashboard opens, and where: the one that its address names (`?view=<id>`), or the
 * person's own default. The app sees nothing of it; another `view` in the query is the app's.
 */
export function openingWith(
  { path, query }: { path: string; query: string },
  slug: string,
  views: readonly Known[],
): Opening {
  const parameters = new URLSearchParams(query)
  const named = parameters.get('view') ?? ''
  const base = `/dashboard/${slug}/`
  if (viewId.test(named)) {
    const rest = query
      .slice(1)
      .split('&')
      .filter((one) => one !== `view=${named}`)
    const left = rest.length === 0 || rest[0] === '' ? '' : `?${rest.join('&')}`
    const found = views.some(({ id }) => id === named)
    return { path, query: left, view: found ? { shownId: named } : { isGone: true } }
  }
  const chosen = views.find(({ isDefault }) => isDefault)
  if (chosen === undefined) return { path, query, view: {} }
  // Who goes to a page of the app by its address wants that one.
  const where = within(base, chosen.path ?? '')
  if (where === undefined) return { path, query, view: {} }
  if (where.path === path && (query === '' || query === where.query)) {
    return { ...where, view: { shownId: chosen.id } }
  }
  if (path === base && query === '') return { ...where, view: { shownId: chosen.id } }
  return { path, query, view: {} }
}

/** A place in the dashboard, as the browser will read it; whoever saved it may have written anything. */
function within(base: string, rest: string): { path: string; query: string } | undefined {
  const url = URL.parse(base + rest, 'http://gateway.invalid')
  if (url?.host !== 'gateway.invalid' || !url.pathname.startsWith(base)) return undefined
  return { path: url.pathname, query: url.search }
}
