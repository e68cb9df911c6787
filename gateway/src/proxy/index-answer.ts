import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { GatewayError } from '../edge/gateway-error.ts'
import type { GatewayEnv } from '../request-context.ts'
import { personKey } from '../session/principal.ts'
import type { AppBuild } from '../shared-assets/app-builds.ts'
import type { SharedAssets } from '../shared-assets/shared-assets.ts'
import type { AppAnswer } from './app-answer.ts'
import { rewriteIndexPage, type SharedFiles } from './index-page.ts'

export interface IndexAnswerOptions {
  readonly frameScript: string
  readonly shared: Pick<SharedAssets, 'latest' | 'ofPage' | 'firstLoads'>
  readonly policyOf: (c: Context<GatewayEnv>) => string
}

/**
 * An index page is some kilobytes. Rewriting holds up everybody else: 8 MiB took a second (measured).
 */
const maxIndexPage = 1024 * 1024

/** What cannot be read cannot be rewritten; we ask for no coding, so an honest app sends none. */
function refuseCoded({ headers }: AppAnswer): void {
  const coding = headers['content-encoding'] ?? 'identity'
  if (coding !== 'identity') throw new Error('the index page is compressed')
}

/** Answers with an app's page, made safe, and made of what all dashboards share as far as that is known. */
export function indexAnswer({ frameScript, shared, policyOf }: IndexAnswerOptions) {
  function sharedFiles(
    c: Context<GatewayEnv>,
    known: AppBuild | undefined,
  ): SharedFiles | undefined {
    if (!known) return undefined
    const { firstLoads } = shared
    const lateUrls = firstLoads.urlsFor(
      c.get('tenant').id,
      c.get('dashboard'),
      c.get('target').path,
    )
    return { ...known, lateUrls }
  }

  /** Most pages are made of what the last one was; one that is not is written once more. */
  async function rewritten(c: Context<GatewayEnv>, html: string): Promise<string> {
    const app = c.get('dashboard')
    const options = {
      nonce: c.get('nonce'),
      frameScript,
      tenantId: c.get('tenant').id,
      slug: app.slug,
      personKey: personKey(c.get('session').principal),
    }
    const expected = shared.latest(app)
    const page = await rewriteIndexPage(html, { ...options, shared: sharedFiles(c, expected) })
    const known = shared.ofPage(app, page.named)
    if (known) shared.firstLoads.pageServed(c.get('tenant').id, app, known)
    if (known === expected) return page.html
    return (await rewriteIndexPage(html, { ...options, shared: sharedFiles(c, known) })).html
  }

  return async function indexPage(c: Context<GatewayEnv>, answer: AppAnswer): Promise<Response> {
    const page = await Promise.try(() => refuseCoded(answer))
      .then(() => answer.text(maxIndexPage))
      .then((html) => rewritten(c, html))
      .catch((cause: unknown) => {
        // The session has ended meanwhile, or the client has gone.
        if (cause instanceof GatewayError) throw cause
        throw new GatewayError(
          502,
          'app_page_unreadable',
          'This dashboard answered with a page that cannot be shown safely. Tell whoever looks after it.',
          { cause },
        )
      })
    c.header('Content-Security-Policy', policyOf(c))
    c.header('Cache-Control', 'no-store')
    c.header('Vary', 'Sec-Fetch-Dest')
    return c.html(page, answer.statusCode as ContentfulStatusCode)
  }
}
