import { randomUUID } from 'node:crypto'
import { errorPage } from '@dashgate/web/views/error-page.ts'
import { openingPage } from '@dashgate/web/views/opening-page.ts'
import { sessionEndedFramePage } from '@dashgate/web/views/session-ended-frame-page.ts'
import { tooLargePage } from '@dashgate/web/views/too-large-page.ts'
import { DEFAULT_LANGUAGE } from '@dashgate/web/words/language.ts'
import type { Context } from 'hono'
import type { GatewayError } from '../edge/gateway-error.ts'
import type { TooLargeAnswer } from '../listeners/unreadable.ts'
import { baseSecurityHeaders, shellPolicy } from '../edge/security-headers.ts'
import type { GatewayEnv } from '../request-context.ts'
import type { ShellAssets } from './assets.ts'
import { pageOf } from './view-models.ts'

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
      // Of what was sent nothing is known, the language neither.
      const spoken = { language: DEFAULT_LANGUAGE, theme: 'auto' } as const
      const page = { nonce, requestId: '', assets: assets.urls[DEFAULT_LANGUAGE], ...spoken }
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
