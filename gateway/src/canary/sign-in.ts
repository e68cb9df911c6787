import type { Answer, Browser } from './browser.ts'
import type { CanaryTenant } from './settings.ts'
import { readForm } from './sign-in-form.ts'

/**
 * Does what a person would do at the provider, from the authorization request to the redirect back.
 * It is given the first address and answers with the last one, which holds the code.
 */
export type ProviderStep = (authorizationUrl: string, tenant: CanaryTenant) => Promise<string>

export class SignInFault extends Error {}

/** A page for the account, one for the password, one that asks whether to stay. */
const mostForms = 4

/** The provider's own pages as plain HTML forms, such as Keycloak's and the demo's. */
export const byForms =
  (browser: Browser, isBack: (url: string) => boolean): ProviderStep =>
  async (authorizationUrl, { login, password }) => {
    let answer = await browser.visit(authorizationUrl, isBack)
    for (let forms = 0; forms < mostForms; forms += 1) {
      const back = locationOf(answer)
      if (back !== undefined && isBack(back)) return back
      const form = readForm(answer.text, answer.url, { login, password })
      if (!form) throw new SignInFault('The provider showed a page without a form for an account')
      answer = await follow(browser, await browser.submit(form.action, form.fields), isBack)
    }
    throw new SignInFault('The provider showed one form after the other: is the password right?')
  }

const locationOf = ({ location, url }: Answer) =>
  location === undefined ? undefined : new URL(location, url).href

async function follow(browser: Browser, answer: Answer, isBack: (url: string) => boolean) {
  const next = locationOf(answer)
  return next === undefined || isBack(next) ? answer : browser.visit(next, isBack)
}

interface Whose {
  readonly activeTenant: string | null
  readonly role: string
}

/** Whose the browser's session is, or nothing without one. */
export async function readSession(browser: Browser, publicUrl: string): Promise<Whose | undefined> {
  const answer = await browser.ask(`${publicUrl}/session`, {
    headers: { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
  })
  if (answer.status === 401) return undefined
  if (answer.status !== 200) throw new SignInFault(`/session answered ${answer.status}`)
  return JSON.parse(answer.text) as Whose
}

/**
 * A real sign-in: the gateway begins and ends it, with its state, nonce and PKCE, in one browser. Only a
 * viewer of just that tenant will do, since staff may see both and would prove nothing.
 */
export async function signIn(
  browser: Browser,
  publicUrl: string,
  tenant: CanaryTenant,
  step: ProviderStep,
): Promise<void> {
  browser.forget()
  const started = await browser.visit(
    `${publicUrl}/login?return_to=/`,
    (url) => new URL(url).origin !== publicUrl,
  )
  const authorizationUrl = locationOf(started)
  if (authorizationUrl === undefined) {
    throw new SignInFault(`/login answered ${started.status} and led to no provider`)
  }
  const back = await step(authorizationUrl, tenant)
  if (new URL(back).origin !== publicUrl) throw new SignInFault('The provider led somewhere else')
  await browser.visit(back)
  const whose = await readSession(browser, publicUrl)
  if (!whose) throw new SignInFault('The sign-in ended without a session')
  if (whose.activeTenant !== tenant.id || whose.role !== 'viewer') {
    throw new SignInFault(`The account is not a viewer of ${tenant.id}`)
  }
}
