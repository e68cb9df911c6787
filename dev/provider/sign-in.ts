import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

import type { Provider } from 'oidc-provider'

import { type Accounts, subjectOf } from './accounts.ts'
import { contentSecurityPolicy, messagePage, signInPage } from './pages.ts'

/** Shows the sign-in form and takes its answer. */
export function createSignIn(provider: Provider, accounts: Accounts, gatewayUrl: string) {
  function answer(response: ServerResponse, status: number, html: string): void {
    response.writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': contentSecurityPolicy(gatewayUrl),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    response.end(html)
  }

  async function takeForm(request: IncomingMessage, response: ServerResponse, action: string) {
    const form = new URLSearchParams(await text(request))
    const login = form.get('login') ?? ''
    const account = accounts.signIn(login, form.get('password') ?? '')
    if (!account) {
      const fault = 'This account and password do not belong together. Try again.'
      return answer(response, 200, signInPage({ action, login, fault }))
    }
    await provider.interactionFinished(request, response, {
      login: { accountId: subjectOf(account), amr: ['pwd'] },
    })
  }

  return async function signIn(request: IncomingMessage, response: ServerResponse) {
    const action = new URL(request.url ?? '/', gatewayUrl).pathname
    try {
      await provider.interactionDetails(request, response)
      if (request.method === 'POST') await takeForm(request, response, action)
      else answer(response, 200, signInPage({ action }))
    } catch (error) {
      process.stderr.write(`${String(error)}\n`)
      const message = 'This sign-in is too old or was finished already. Go back and start again.'
      answer(response, 400, messagePage('Sign-in is over', message))
    }
  }
}
