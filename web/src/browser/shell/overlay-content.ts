import { shell as words } from '../../words/en/shell.ts'
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
  const name = other.tenantName ?? other.tenant ?? words.anotherClient
  const actions: HTMLElement[] = [
    element('a', { class: 'button', href: '/' }, words.continueWith(name)),
  ]
  if (mine.canSwitch) actions.push(switchBack(mine))
  return {
    title: words.otherTenantTitle(name),
    text: words.otherTenantText(mine.tenantName),
    actions,
  }
}

export function otherPerson(mine: Identity, other: Other): OverlayContent {
  return {
    title: words.otherPersonTitle(other.user ?? words.someoneElse),
    text: words.otherPersonText(mine.user ?? words.someoneElse),
    actions: [element('a', { class: 'button', href: '/' }, words.proceed)],
  }
}

export function signedOut(): OverlayContent {
  return {
    about: NOBODY,
    title: words.signedOutTitle,
    text: words.signedOutText,
    actions: [signIn()],
  }
}

/** The page stays as it is beneath: a sign-in beside it lets it go on. */
export function sessionEnded(mine: Identity): OverlayContent {
  const begin = element('button', { class: 'button', type: 'button' }, words.signIn)
  begin.addEventListener('click', () => {
    if (!openSignIn(mine)) location.href = signInLink()
  })
  const here = element('a', { class: 'button button-quiet', href: signInLink() }, words.startAfresh)
  return {
    about: NOBODY,
    title: words.endedTitle,
    text: words.endedText,
    actions: [begin, here],
    keepsPage: true,
  }
}

function signIn(): HTMLElement {
  return element('a', { class: 'button', href: signInLink() }, words.signIn)
}

function switchBack({ tenant = '', tenantName }: Identity): HTMLElement {
  return element(
    'form',
    { method: 'post', action: '/tenant' },
    element('input', { type: 'hidden', name: 'tenant', value: tenant }),
    element('input', { type: 'hidden', name: 'return_to', value: currentPath() }),
    element('input', { type: 'hidden', name: 'reason', value: words.wentBack }),
    element('button', { class: 'button button-quiet' }, words.switchBack(tenantName)),
  )
}
