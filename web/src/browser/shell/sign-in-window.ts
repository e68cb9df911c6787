import type { Identity } from './document-identity.ts'

/**
 * Opens the sign-in beside this page, which hears of its end like any other tab (`guardTenant`).
 *
 * @returns `false` when the browser has refused the window
 */
export function openSignIn({ tenant, canSwitch }: Identity): boolean {
  // Staff may come back for another tenant than this page's: they are asked for which.
  const wanted = canSwitch && tenant !== undefined ? `?tenant=${encodeURIComponent(tenant)}` : ''
  const path = `/login?return_to=${encodeURIComponent(`/signed-in${wanted}`)}`
  return window.open(path, 'dashgate-sign-in', 'popup,width=560,height=760') !== null
}

/** The page where such a sign-in ends. */
export function offerToClose(): void {
  document.querySelector('[data-close]')?.addEventListener('click', () => window.close())
  if (document.querySelector('[data-close]') !== null && window.name === 'dashgate-sign-in') {
    window.close()
  }
}
