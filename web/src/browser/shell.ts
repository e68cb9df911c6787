import { runDashboard } from './shell/dashboard.ts'
import { readIdentity } from './shell/document-identity.ts'
import { closeMenus, keepAddressClean } from './shell/menu.ts'
import { createOverlay } from './shell/overlay.ts'
import type { Stage } from './shell/stage.ts'
import { guardTenant } from './shell/tenant-guard.ts'

/** The script of every page of the shell; each works without it, up to the dashboard itself. */
function start(): void {
  closeMenus()
  keepAddressClean()
  const identity = readIdentity(document.documentElement)
  if (identity.user === undefined) return

  let stage: Stage | undefined
  const overlay = createOverlay(() => stage?.remove())
  const guard = guardTenant(identity, overlay)
  const root = document.querySelector<HTMLElement>('[data-stage]')
  if (root !== null) {
    stage = runDashboard(root, { identity, overlay, checkSession: guard.check })
  }
}

start()
