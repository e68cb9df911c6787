import { CHANNEL, isTabMessage, type TabMessage } from '../messages.ts'
import type { Identity } from './document-identity.ts'
import type { Overlay } from './overlay.ts'
import { otherPerson, otherTenant, type Other, signedOut } from './overlay-content.ts'
import { readSession, readTimeLeft, type TimeLeft } from './session-answer.ts'

export interface TenantGuard {
  /** Asks the gateway who is signed in now and covers the page if it is not whom it was made for. */
  check: () => Promise<void>
  /** Tells the gateway that somebody is at work here. */
  extend: () => Promise<void>
}

/** What the page does with what the guard hears. */
interface Around {
  overlay: Overlay
  /** Nobody is signed in any more. */
  expired: () => void
  /** The very same person is signed in again, for the very same tenant. */
  goOn: () => void
  timeLeft: (left: TimeLeft) => void
}

/** A page made for one tenant says so, and steps aside when another tab works for another. */
export function guardTenant(mine: Identity, around: Around): TenantGuard {
  const { overlay } = around
  const channel = new BroadcastChannel(CHANNEL)
  channel.addEventListener('message', ({ data }) => {
    if (isTabMessage(data)) hear(data)
  })
  // A BroadcastChannel has no target origin: it reaches this origin only.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  const say = (message: TabMessage) => channel.postMessage(message)
  if (mine.tenant !== undefined && mine.user !== undefined) {
    say({ type: 'tenant', tenant: mine.tenant, name: mine.tenantName, user: mine.user })
  }
  for (const form of document.querySelectorAll('form[data-sign-out]')) {
    form.addEventListener('submit', () => say({ type: 'signed-out' }))
  }

  // Messages between tabs do not reach a sleeping tab or another profile window: ask as soon as someone looks.
  const lookOnce = oneAtATime(async () => {
    const other = await ask()
    if (other !== undefined) goOnOrCover(other)
  })
  const look = () => void lookOnce()
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') look()
  })
  addEventListener('focus', look)
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) look()
  })
  return {
    check: oneAtATime(async () => {
      const other = await ask()
      // Only covers: loading again here could end in a loop, as no person is needed to come this far.
      if (other !== undefined) cover(other)
    }),
    extend: oneAtATime(async () => {
      const other = await ask('/session/activity', { method: 'POST' })
      if (other !== undefined) cover(other)
    }),
  }

  function hear(message: TabMessage): void {
    if (message.type === 'signed-out') return overlay.show(signedOut())
    const other = { user: message.user, tenant: message.tenant, tenantName: message.name }
    // Another page's word covers this one; only the gateway's own lets it go on.
    if (!cover(other) && overlay.isShown()) look()
  }

  async function ask(path = '/session', init: RequestInit = {}): Promise<Other | undefined> {
    const response = await fetch(path, { ...init, headers: { Accept: 'application/json' } })
    if (response.status === 401) around.expired()
    if (!response.ok) return undefined
    const answer: unknown = await response.json()
    const left = readTimeLeft(answer)
    if (left !== undefined) around.timeLeft(left)
    return readSession(answer)
  }

  function goOnOrCover(other: Other): void {
    if (!cover(other) && overlay.isShown()) around.goOn()
  }

  function cover(other: Other): boolean {
    const tenantDiffers = differs(mine.tenant, other.tenant)
    if (!tenantDiffers && !differs(mine.user, other.user)) return false
    overlay.show(tenantDiffers ? otherTenant(mine, other) : otherPerson(mine, other))
    return true
  }
}

function differs(mine: string | undefined, other: string | undefined): boolean {
  return mine !== undefined && other !== undefined && mine !== other
}

/** The gateway out of reach says nothing about who is signed in: such a question is dropped. */
function oneAtATime(ask: () => Promise<void>): () => Promise<void> {
  let asking: Promise<void> | undefined
  return () => {
    asking ??= ask()
      .catch(() => undefined)
      .finally(() => {
        asking = undefined
      })
    return asking
  }
}
