import { randomUUID } from 'node:crypto'
import { errorPage } from '@dashgate/web/views/error-page.ts'
import { openingPage } from '@dashgate/web/views/opening-page.ts'
import { sessionEndedFramePage } from '@dashgate/web/views/session-ended-frame-page.ts'
import { tooLargePage } from '@dashgate/web/views/too-large-page.ts'
import type { Context } from 'hono'
import type { GatewayError } from '../edge/gateway-error.ts'
import type { TooLargeAnswer } from '../listeners/unreadable.ts'
import { baseSecurityHeaders, shellPolicy } from '../edge/security-headers.ts'
import type { GatewayEnv } from '../request-context.ts'
import type { ShellAssets } from './assets.ts'
import { pageOf } from './view-models.ts'

/** Headlines by status; the message of the error says the rest. */
const titles: Readonly<Record<number, string>> = {
  400: 'This request could not be read',
  401: 'Please sign in',
  403: 'This is not allowed',
  404: 'Nothing here',
  409: 'You have switched to another client',
  413: 'That was too large',
  414: 'This address is too long',
  429: 'Too much at once',
  431: 'Too much to read',
  502: 'The dashboard does not answer',
  503: 'Not available at the moment',
  504: 'The dashboard took too long',
}

/** Headlines of errors whose status has another one. */
const titlesByCode: Readonly<Record<string, string>> = {
  too_many_cookies: 'Too many cookies',
  session_not_kept: 'You are not signed in',
  session_not_lasting: 'You do not stay signed in',
  no_such_session: 'This session is not here any more',
  sign_in_limited: 'Too many sign-ins',
  tenant_busy: 'Busy at the moment',
  sign_in_lost: 'This sign-in is over',
  sign_in_failed: 'Signing in did not work',
  sign_in_cancelled: 'You are not signed in',
  password_forgotten: 'You need a new password',
  claims_unusable: 'Your account cannot be used here',
  wrong_policy: 'Your account cannot be used here',
  wrong_directory: 'Your account cannot be used here',
}

export interface ErrorPageOptions {
  readonly assets: ShellAssets
  /** Origins where the provider may end its session. */
  readonly formTargets: readonly string[]
  /** Whom people ask who cannot go on. */
  readonly contact: string
  /** Whether the gateway is reached over TLS. */
  readonly secure: boolean
}

/** The pages that stages need without being part of the shell. */
export function errorPages({ assets, formTargets, contact, secure }: ErrorPageOptions) {
  return {
    error(c: Context<GatewayEnv>, error: GatewayError): string {
      const inFrame = c.get('clientKind') === 'frame'
      c.header('Content-Security-Policy', shellPolicy(c.get('nonce') ?? '', formTargets))
      return errorPage({
        page: pageOf(c, assets),
        status: error.status,
        code: error.code,
        title: titlesByCode[error.code] ?? titles[error.status] ?? 'Something went wrong',
        message: error.message,
        retry: error.status >= 500 || error.status === 429,
        next: error.next,
        contact,
        inFrame,
      })
    },

    sessionEnded(c: Context<GatewayEnv>): string {
      c.header('Content-Security-Policy', shellPolicy(c.get('nonce')))
      return sessionEndedFramePage({ page: pageOf(c, assets) })
    },

    /**
     * What is answered before there is a request. Cookies that fill it can only be removed here, since
     * they come with every other request as well; those of sibling sites go, too (X16).
     */
    tooLarge(clearsCookies: boolean): TooLargeAnswer {
      const nonce = randomUUID()
      const page = { nonce, requestId: '', assets: assets.urls }
      return {
        headers: {
          ...baseSecurityHeaders(secure),
          'Content-Security-Policy': shellPolicy(nonce),
          'Content-Type': 'text/html; charset=utf-8',
          'Cache-Control': 'no-store',
          'X-Gateway-Error': 'headers_too_large',
          ...(clearsCookies ? { 'Clear-Site-Data': '"cookies"' } : {}),
        },
        body: tooLargePage({ page, clearsCookies }),
      }
    },

    opening(c: Context<GatewayEnv>, next: string): string {
      c.header('Content-Security-Policy', shellPolicy(c.get('nonce')))
      return openingPage({ page: pageOf(c, assets), next })
    },
  }
}

export type ErrorPages = ReturnType<typeof errorPages>
