import type { FrameMessage, FrameOrder } from '../../messages.ts'
import { readView, recordOf, type ViewContent } from '../../view.ts'
import { capture } from './capture.ts'
import { dashStore } from './dash-page.ts'
import { fillLayout } from './layout.ts'
import { hasChanged, restore } from './restore.ts'

/** The view that the shell's page wants this document to open with; a frame's first document only. */
export function wantedView(): string | undefined {
  const frame = parent === window ? null : window.frameElement
  if (frame?.hasAttribute('data-fresh') !== true) return undefined
  return frame.closest<HTMLElement>('[data-stage]')?.dataset['view']
}

/** A dashboard without its view is better than one that never comes. */
const WAIT_FOR_VIEW_MS = 5000

/** How long somebody may go on turning a slider before what it means is looked at. */
const SETTLED_AFTER_MS = 150

/** Keeps and shows views for the shell. */
export function createViews(slug: string, tell: (message: FrameMessage) => void) {
  const base = `/dashboard/${slug}/`
  let shown: ViewContent | undefined
  let loading: Promise<ViewContent | undefined> | undefined
  let isRestoring = false
  let isChanged = false
  let watching: (() => void) | undefined

  /** Asks for the view at once, so that it is there before the layout is. */
  function open(id: string | undefined): void {
    if (id === undefined) return
    const asked = fetch(`/api/views/${slug}/${id}`, { headers: { Accept: 'application/json' } })
      .then((response) => (response.ok ? response.json() : undefined))
      .then((view) => (view === undefined ? undefined : readView(recordOf(view)['value'])))
      .catch(() => undefined)
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, WAIT_FOR_VIEW_MS))
    loading = Promise.race([asked, late])
  }

  /** Dash's first look at the page has the view's values in it already. */
  async function layout(response: Response): Promise<Response> {
    const view = await loading
    if (view === undefined || !response.ok) return response
    const filled = fillLayout(await response.json(), view)
    return new Response(JSON.stringify(filled), { headers: { 'Content-Type': 'application/json' } })
  }

  async function rendered(): Promise<void> {
    const view = await loading
    if (view !== undefined) await show(view)
  }

  async function show(view: ViewContent): Promise<void> {
    isRestoring = true
    const missing = await restore(view)
    isRestoring = false
    keep(view)
    tell({ type: 'dashgate:view-shown', missing })
  }

  function keep(view: ViewContent): void {
    shown = view
    isChanged = false
    watching ??= dashStore()?.subscribe(debounced(compare))
    compare()
  }

  function compare(): void {
    if (shown === undefined || isRestoring) return
    const changed = hasChanged(shown, capture(base))
    if (changed === isChanged) return
    isChanged = changed
    tell({ type: 'dashgate:view-changed', changed })
  }

  function obey(order: FrameOrder): void {
    if (order.type === 'dashgate:capture') {
      tell({ type: 'dashgate:captured', content: capture(base) })
    }
    if (order.type === 'dashgate:show-view') void show(order.content)
    if (order.type === 'dashgate:keep-view') keep(order.content)
  }

  return { open, layout, rendered, obey }
}

function debounced(run: () => void): () => void {
  let timer: number | undefined
  return () => {
    clearTimeout(timer)
    timer = window.setTimeout(run, SETTLED_AFTER_MS)
  }
}
