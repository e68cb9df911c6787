import { watchActivity } from './activity.ts'
import { type Dashboard, runDashboard } from './shell/dashboard.ts'
import { readIdentity } from './shell/document-identity.ts'
import { closeMenus, keepAddressClean } from './shell/menu.ts'
import { keepPlaceWhenMarking } from './shell/favourites.ts'
import { offerPalette } from './shell/palette.ts'
import { showPictures } from './shell/pictures.ts'
import { searchAsOneTypes } from './shell/live-search.ts'
import { passThrough } from './shell/opening.ts'
import { createOverlay } from './shell/overlay.ts'
import { sessionEnded, signedOut } from './shell/overlay-content.ts'
import { takePreloads } from './shell/preloads.ts'
import { readTimeLeft } from './shell/session-answer.ts'
import { createSessionClock } from './shell/session-clock.ts'
import { createSessionWarning } from './shell/session-warning.ts'
import { offerToClose, openSignIn } from './shell/sign-in-window.ts'
import { guardTenant } from './shell/tenant-guard.ts'

/** The script of every page of the shell; each works without it, up to the dashboard itself. */
function start(): void {
  passThrough()
  closeMenus()
  keepAddressClean()
  takePreloads()
  const identity = readIdentity(document.documentElement)
  if (identity.user === undefined) return

  let dashboard: Dashboard | undefined
  const overlay = createOverlay({
    conceal: () => dashboard?.stage.conceal(),
    reveal: () => dashboard?.stage.reveal(),
    remove: () => dashboard?.stage.remove(),
  })
  const guard = guardTenant(identity, {
    overlay,
    expired() {
      clock.stop()
      overlay.show(dashboard === undefined ? signedOut() : sessionEnded(identity))
    },
    goOn() {
      if (dashboard !== undefined && overlay.lift()) dashboard.resume()
      else location.reload()
    },
    timeLeft: (left) => clock.take(left),
  })
  const clock = createSessionClock({
    ask: guard.check,
    extend: guard.extend,
    warning: createSessionWarning({
      stay: () => void guard.extend(),
      signInAgain: () => void openSignIn(identity),
    }),
  })
  const left = readTimeLeft(document.documentElement.dataset)
  if (left !== undefined) clock.take(left)
  watchActivity(clock.active)

  const palette = offerPalette(identity.canSwitch)
  const root = document.querySelector<HTMLElement>('[data-stage]')
  if (root !== null) {
    dashboard = runDashboard(root, {
      identity,
      overlay,
      checkSession: guard.check,
      sessionEnded: () => overlay.show(sessionEnded(identity)),
      active: clock.active,
      listenIn: palette.listenIn,
    })
  }
  offerToClose()
  searchAsOneTypes()
  keepPlaceWhenMarking()
  showPictures(identity)
}

start()
