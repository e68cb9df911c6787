import { watchActivity } from './activity.ts'
import { partsKeptApart } from './frame/apart.ts'
import { blank, tenantOfShell } from './frame/guard.ts'
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
  for (const part of [
    () => giveStylesNonce(script.nonce),
    () => takePlotlyFrom(plotly, slug),
    () => watchNetwork({ tenant, person }, { parking, patience, tell: teller.tell }),
    () => watchSockets({ parking, tell: teller.tell }),
    () => watchActivity(() => teller.tell({ type: 'dashgate:active' })),
    ...partsKeptApart({ tenant, user: person, slug }),
    refuseServiceWorkers,
    takeHashOfShell,
    () => watchLocation(slug, teller.tell),
    () => watchRendering(teller.tell),
  ]) {
    attempt(part)
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
