import { currentPath, type Identity, signInLink } from './document-identity.ts'
import { openSignIn } from './sign-in-window.ts'
import { element } from './elements.ts'
import type { OverlayContent } from './overlay.ts'

/** Who is signed in now, as far as this tab has heard. */
export interface Other {
  user?: string | undefined
  tenant?: string | undefined
  tenantName?: string | undefined
}

/** Nobody is signed in. */
const NOBODY = 'nobody'

export function otherTenant(mine: Identity, other: Other): OverlayContent {
  const name = other.tenantName ?? other.tenant ?? 'another client'
  const actions: HTMLElement[] = [
    element('a', { class: 'button', href: '/' }, `Continue with ${name}`),
  ]
  if (mine.canSwitch) actions.push(switchBack(mine))
  return {
    title: `You are now working for ${name} in another tab`,
    text: `This page was opened for ${mine.tenantName}. To keep figures apart, only one client is open at a time.`,
    actions,
  }
}

export function otherPerson(mine: Identity, other: Other): OverlayContent {
  return {
    title: `You are now signed in as ${other.user ?? 'someone else'} in another tab`,
    text: `This page was opened by ${mine.user ?? 'someone else'} and cannot be used any more.`,
    actions: [element('a', { class: 'button', href: '/' }, 'Continue')],
  }
}

export function signedOut(): OverlayContent {
  return {
    about: NOBODY,
    title: 'You have been signed out',
    text: 'You signed out in another tab, or your session has ended.',
    actions: [signIn()],
  }
}

/** The page stays as it is beneath: a sign-in beside it lets it go on. */
export function sessionEnded(mine: Identity): OverlayContent {
  const begin = element('button', { class: 'button', type: 'button' }, 'Sign in')
  begin.addEventListener('click', () => {
    if (!openSignIn(mine)) location.href = signInLink()
  })
  const here = element('a', { class: 'button button-quiet', href: signInLink() }, 'Start afresh')
  return {
    about: NOBODY,
    title: 'Your session has ended',
    text: 'Sign in again in a window of its own, and this page goes on where you were. Nothing on it is lost.',
    actions: [begin, here],
    keepsPage: true,
  }
}

function signIn(): HTMLElement {
  return element('a', { class: 'button', href: signInLink() }, 'Sign in')
}

function switchBack({ tenant = '', tenantName }: Identity): HTMLElement {
  return element(
    'form',
    { method: 'post', action: '/tenant' },
    element('input', { type: 'hidden', name: 'tenant', value: tenant }),
    element('input', { type: 'hidden', name: 'return_to', value: currentPath() }),
    element('button', { class: 'button button-quiet' }, `Switch back to ${tenantName}`),
  )
}
