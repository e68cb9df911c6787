import type { Captured, ViewContent } from '../../view.ts'
import { recordOf } from '../../view.ts'
import { type Shown, shownComponents } from './dash-page.ts'
import { labelOf } from './labels.ts'
import { zoomOf } from './zoom.ts'

/** What somebody has set on the page. */
export function capture(base: string): ViewContent {
  const components: Record<string, Captured> = {}
  for (const shown of shownComponents().values()) {
    const captured = captureOne(shown)
    if (captured !== undefined) components[shown.id] = captured
  }
  return { path: (location.pathname + location.search).slice(base.length), components }
}

function captureOne({ id, type, props, settable }: Shown): Captured | undefined {
  // A secret is nothing to keep.
  if (props['type'] === 'password') return undefined
  // What nobody has set has no value yet, which is one as well.
  const set = Object.fromEntries(settable.map((name) => [name, props[name] ?? null]))
  const zoom = zoomOf(recordOf(props['relayoutData']))
  if (settable.length === 0 && zoom === undefined) return undefined
  return { type, label: labelOf(id), props: set, ...(zoom !== undefined && { zoom }) }
}
