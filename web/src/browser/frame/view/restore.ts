import { type Captured, isSame, recordOf, type ViewContent } from '../../view.ts'
import { dependencies, setProps, type Shown, shownComponents, untilIdle } from './dash-page.ts'
import { offered } from './offered.ts'
import { applyZoom, zoomOf } from './zoom.ts'

/** What of a view is not there: labels of components, or of those that no longer offer what was chosen. */
export type Missing = string[]

/** An app that sets a value of its own again and again has the last word. */
const MOST_ROUNDS = 8

/**
 * Brings the page to a view: first what depends on nothing else that is to be set, and when Dash has
 * answered for that, what depends on it, such as a list of towns on a country.
 */
export async function restore(view: ViewContent): Promise<Missing> {
  const tries = new Map<string, number>()
  await untilIdle()
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const open = differing(view).filter(({ id }) => (tries.get(id) ?? 0) < 2)
    if (open.length === 0) break
    for (const { id, props } of firstOf(open)) {
      tries.set(id, (tries.get(id) ?? 0) + 1)
      setProps(id, props)
    }
    await untilIdle()
  }
  zoom(view)
  return missing(view)
}

interface Change {
  id: string
  props: Record<string, unknown>
}

function differing(view: ViewContent): Change[] {
  return eachShown(view).flatMap(({ id, shown, wanted }) => {
    const props = Object.entries(wanted.props).flatMap(([name, value]) => {
      const fit = offered(shown.props, name, value)
      const isUsable = fit.isWhole || (Array.isArray(fit.value) && fit.value.length > 0)
      return isUsable && !isSame(shown.props[name], fit.value) ? [[name, fit.value]] : []
    })
    return props.length === 0 ? [] : [{ id, props: Object.fromEntries(props) as Change['props'] }]
  })
}

/** Those that no other of them leads to; all of them where they lead to each other. */
function firstOf(open: Change[]): Change[] {
  const sources = dependencies()
  const waiting = new Set(open.map(({ id }) => id))
  const first = open.filter(({ id }) => !leadsTo(id, waiting, sources, new Set()))
  return first.length === 0 ? open : first
}

function leadsTo(
  id: string,
  others: ReadonlySet<string>,
  sources: ReadonlyMap<string, ReadonlySet<string>>,
  seen: Set<string>,
): boolean {
  if (seen.has(id)) return false
  seen.add(id)
  return [...(sources.get(id) ?? [])].some(
    (source) => (others.has(source) && !seen.has(source)) || leadsTo(source, others, sources, seen),
  )
}

function zoom(view: ViewContent): void {
  for (const { id, shown, wanted } of eachShown(view)) {
    const now = zoomOf(recordOf(shown.props['relayoutData']))
    if (wanted.zoom !== undefined || now !== undefined) applyZoom(id, wanted.zoom, now)
  }
}

function missing(view: ViewContent): Missing {
  const shown = new Set(eachShown(view).map(({ id }) => id))
  const gone = Object.entries(view.components).filter(([id]) => !shown.has(id))
  const unfit = eachShown(view).filter(({ shown: now, wanted }) =>
    Object.entries(wanted.props).some(([name, value]) => !offered(now.props, name, value).isWhole),
  )
  return [...gone.map(([, { label }]) => label), ...unfit.map(({ wanted }) => wanted.label)]
}

/** What a view and the page have in common: the same id, of the same kind. */
function eachShown(view: ViewContent): { id: string; shown: Shown; wanted: Captured }[] {
  const all = shownComponents()
  return Object.entries(view.components).flatMap(([id, captured]) => {
    const shown = all.get(id)
    if (shown === undefined || (captured.type !== '' && captured.type !== shown.type)) return []
    return [{ id, shown, wanted: captured.type === '' ? ownName(captured, shown) : captured }]
  })
}

/** An app's own set of filters does not name properties: it means the one that people set. */
function ownName(captured: Captured, { settable, type }: Shown): Captured {
  const [name = 'value'] = settable
  return { ...captured, type, props: { [name]: captured.props['value'] } }
}

/** Whether somebody has changed something since. */
export function hasChanged(view: ViewContent, now: ViewContent): boolean {
  return Object.entries(view.components).some(([id, { props, zoom: zoomed, type }]) => {
    const current = now.components[id]
    if (current === undefined || (type !== '' && type !== current.type)) return false
    const isOther = ([name, value]: [string, unknown]) =>
      name in current.props && !isSame(value, current.props[name])
    return Object.entries(props).some(isOther) || !isSame(zoomed, current.zoom)
  })
}
