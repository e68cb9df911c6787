import { watchActivity } from './activity.ts'
import { partsKeptApart } from './frame/apart.ts'
import { blank, tenantOfShell } from './frame/guard.ts'
import { createFailedCallbacks } from './frame/failed-callbacks.ts'
import { hearOrders } from './frame/orders.ts'
import { createProgress } from './frame/progress.ts'
import { createViews, wantedView } from './frame/view/views.ts'
import type { FrameMessage, FrameOrder } from './messages.ts'
import { takeHashOfShell, watchLocation } from './frame/location.ts'
import { watchNetwork } from './frame/network.ts'
import { createParking } from './frame/parking.ts'
import { createPatience } from './frame/patience.ts'
import { takePlotlyFrom } from './frame/plotly.ts'
import { watchRendering } from './frame/rendered.ts'
import { watchSockets } from './frame/sockets.ts'
import { giveStylesNonce } from './frame/style-nonce.ts'
import { createTeller, type Teller } from './frame/teller.ts'
import { refuseServiceWorkers } from './frame/service-workers.ts'

declare global {
  interface Window {
    /** Marks a document that this script speaks for. */
    dashgate?: true
  }
}

/** The first script of every Dash page (and of our own pages in its frame); blocks until it is done. */
function start(script: HTMLScriptElement): void {
  window.dashgate = true
  const { tenant = '', slug = '', person = '', plotly, message } = script.dataset
  const teller = createTeller()
  if (message !== undefined) return tellOf(message, script.dataset, teller)

  const shellTenant = tenantOfShell()
  if (shellTenant !== undefined && shellTenant !== tenant) {
    blank()
    return teller.tell({ type: 'dashgate:tenant-mismatch', tenant })
  }
  const parking = createParking(teller.tell)
  const patience = createPatience(teller.tell)
  const callbacks = createFailedCallbacks(teller.tell)
  const views = createViews(slug, teller.tell)
  const progress = createProgress(teller.tell)
  for (const part of [
    () => giveStylesNonce(script.nonce),
    () => takePlotlyFrom(plotly, slug),
    () => watchNetwork({ tenant, person }, { parking, patience, tell: teller.tell, answered }),
    // Before the frame's mark of a first document is taken away.
    () => views.open(wantedView()),
    () => hearOrders(obey),
    () => watchSockets({ parking, tell: teller.tell }),
    () => watchActivity(() => teller.tell({ type: 'dashgate:active' })),
    ...partsKeptApart({ tenant, user: person, slug }),
    refuseServiceWorkers,
    takeHashOfShell,
    () => watchLocation(slug, teller.tell),
    () => watchRendering(hearRendered),
  ]) {
    attempt(part)
  }

  async function answered(url: string, init: RequestInit | undefined, response: Response) {
    callbacks.answered(url, init, response)
    if (!new URL(url, document.baseURI).pathname.endsWith('/_dash-layout')) return response
    const filled = await views.layout(response)
    progress.layoutArrived()
    return filled
  }

  function hearRendered(message: FrameMessage): void {
    teller.tell(message)
    if (message.type !== 'dashgate:ready') return
    void progress.rendered()
    void views.rendered()
  }

  function obey(order: FrameOrder): void {
    if (order.type === 'dashgate:retry') return void callbacks.retry()
    if (order.type === 'dashgate:print') return print()
    views.obey(order)
  }
}

/** One browser's missing feature must not keep the rest from working. */
function attempt(part: () => void): void {
  try {
    part()
  } catch (error) {
    reportError(error)
  }
}

/** Our own pages in the frame: an error, or the end of the session. */
function tellOf(message: string, data: DOMStringMap, { tell }: Teller): void {
  if (message === 'session-ended') {
    // Nothing of the app is here to go on: it is asked for again.
    createParking(tell)?.onResume(() => location.reload())
    return tell({ type: 'dashgate:session-ended' })
  }
  const { code = 'unknown', requestId = '', title = '', text = '' } = data
  tell({ type: 'dashgate:failed', scope: 'page', code, requestId, title, text })
}

if (document.currentScript instanceof HTMLScriptElement) start(document.currentScript)
