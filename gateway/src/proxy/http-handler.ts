import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { cutOff } from '../edge/answer.ts'
import { signInAgain } from '../edge/gateway-error.ts'
import { notFound } from '../edge/error-response.ts'
import { appPolicy, baseSecurityHeaders } from '../edge/security-headers.ts'
import type { Work, WorkLimits } from '../limits/work.ts'
import type { GatewayEnv, RequestKind } from '../request-context.ts'
import { holdOpen } from '../session/live-session.ts'
import type { SharedAssets } from '../shared-assets/shared-assets.ts'
import { codingOf } from './answer-coding.ts'
import type { AppAnswer } from './app-answer.ts'
import type { AppAddresses, Place } from './app-addresses.ts'
import { appTarget, arrivalOf, basePathOf, identityOf } from './app-request.ts'
import type { AppAsker } from './ask-app.ts'
import { bodyAhead } from './body-ahead.ts'
import { limitedBody } from './body-limit.ts'
import { mostListBytes, type CallbackNames } from './callback-names.ts'
import type { DashRoute } from './dash-routes.ts'
import { noteAnswer, noteCallback } from './exchange.ts'
import { upstreamFailure } from './failures.ts'
import { endingOf, relay, relayCoded, type UpstreamRequest } from './forward.ts'
import { indexAnswer } from './index-answer.ts'
import { upstreamHeaders } from './request-headers.ts'
import { downstreamHeaders } from './response-headers.ts'
import type { StrictPlotly } from './strict-plotly.ts'
import { suiteAnswers, suitePathOf } from './suite-answers.ts'
import type { TenantTokenCache } from './tenant-token-cache.ts'

type PolicyExceptions = Readonly<Record<string, Parameters<typeof appPolicy>[1]>>

export interface HttpHandlerDependencies {
  readonly ask: AppAsker
  readonly addresses: Pick<AppAddresses, 'take'>
  readonly tokens: Pick<TenantTokenCache, 'tokenFor'>
  readonly work: Pick<WorkLimits, 'begin' | 'expectBody'>
  readonly callbacks: CallbackNames
  /** What an app works at, for the metrics; told when it begins and ends. */
  readonly inFlight: (
    tenantId: string,
    dashboard: string,
    kind: RequestKind,
  ) => { inc(): void; dec(): void }
  readonly publicOrigin: string
  readonly frameScript: string
  readonly plotly: StrictPlotly
  readonly shared: SharedAssets
  readonly maxBodyBytes: number
  /** What the policy of a dashboard allows beside the gateway itself, by slug and directive. */
  readonly policyExceptions: PolicyExceptions
}

/** How long a browser may keep an answer, where it is not for the app to say. */
function cacheControl(route: DashRoute, fromApp: string | undefined): string {
  if (route !== 'asset') return 'no-store'
  // Dash sends none for assets under FastAPI, and browsers then guess.
  return fromApp?.replace(/^public\b/, 'private') ?? 'private, no-cache'
}

/** These have no content, whatever type they say it is of (RFC 9110 §15.3.5, §15.3.6, §15.4.5). */
const withoutContent = new Set([204, 205, 304])

/** Whatever a browser would take for a page is rewritten, errors included. */
const isPage = (route: DashRoute, { headers, statusCode }: AppAnswer) =>
  route === 'page' &&
  !withoutContent.has(statusCode) &&
  /^\s*(text\/html|application\/xhtml\+xml)/i.test([headers['content-type'] ?? []].flat().join())

/** Sends an ordinary request to the app and its answer to the browser. */
export function httpHandler(dependencies: HttpHandlerDependencies) {
  const { ask, addresses, tokens, work, frameScript, maxBodyBytes, plotly, shared, callbacks } =
    dependencies
  const suites = suiteAnswers({ shared, plotly })
  const publicUrl = new URL(dependencies.publicOrigin)
  const baseHeaders = baseSecurityHeaders(publicUrl.protocol === 'https:')
  const exceptions = new Map(Object.entries(dependencies.policyExceptions))
  const policyOf = (c: Context<GatewayEnv>) =>
    appPolicy(c.get('nonce'), exceptions.get(c.get('dashboard').slug))
  const indexPage = indexAnswer({ frameScript, shared, policyOf })

  function responseHeaders(c: Context<GatewayEnv>, route: DashRoute, headers: IncomingHttpHeaders) {
    const out = downstreamHeaders(headers, basePathOf(c.get('dashboard').slug))
    Object.assign(out, baseHeaders)
    // A worker has a policy of its own; what else is no index page needs no scripts.
    if (route === 'asset') out['Content-Security-Policy'] = policyOf(c)
    out['cache-control'] = cacheControl(route, headers['cache-control']?.toString())
    out['x-request-id'] = c.get('requestId')
    out['vary'] = 'Sec-Fetch-Dest'
    return out
  }

  function relayInCoding(
    c: Context<GatewayEnv>,
    route: DashRoute,
    answer: AppAnswer,
    outgoing: ServerResponse,
  ): Promise<void> {
    const { method, headers } = c.env.incoming
    const coding = codingOf(route, method, answer, headers['accept-encoding'])
    const fields = responseHeaders(c, route, answer.headers)
    if (coding === undefined) return relay(answer, fields, outgoing)
    return relayCoded(
      answer,
      { ...fields, vary: `${fields['vary']}, Accept-Encoding` },
      outgoing,
      coding,
    )
  }

  /** Whether it is a file of a component suite, which is sent from what is kept of it. */
  async function sentAsSuite(
    c: Context<GatewayEnv>,
    answer: AppAnswer,
    outgoing: ServerResponse,
  ): Promise<boolean> {
    const path = suitePathOf(c)
    if (path === undefined) return false
    const { 'cache-control': lifetime } = answer.headers
    const fields = responseHeaders(c, 'asset', lifetime ? { 'cache-control': lifetime } : {})
    return suites.sendSame(c, outgoing, { path, fields, answer })
  }

  /** Passes an answer on; its connection is given back whatever happens. */
  async function passOn(
    c: Context<GatewayEnv>,
    route: DashRoute,
    answer: AppAnswer,
    outgoing: ServerResponse,
  ): Promise<Response> {
    try {
      // Revoked while the app was thinking: what it says is for nobody any more.
      if (c.get('session').ended) throw signInAgain()
      if (!c.get('isStillAllowed')()) throw notFound()
      if (route === 'dependencies') await learnCallbacks(c, answer)
      if (c.env.incoming.method === 'GET' && isPage(route, answer))
        return await indexPage(c, answer)
      if (route !== 'asset' || !(await sentAsSuite(c, answer, outgoing)))
        await relayInCoding(c, route, answer, outgoing)
      return RESPONSE_ALREADY_SENT
    } catch (error) {
      answer.abort(error as Error)
      throw error
    }
  }

  /** The body of a request, without a turn of the app for the time that it takes to come. */
  async function bodyOf(c: Context<GatewayEnv>, signal: AbortSignal) {
    const body = limitedBody(c.env.incoming, maxBodyBytes)
    if (!body) return undefined
    const arrived = work.expectBody(c)
    return bodyAhead(body, signal, (beginning) => {
      const exchange = c.get('exchange')
      exchange.requestBytes = Number(c.env.incoming.headers['content-length'] ?? beginning.length)
      noteCallback(exchange, callbacks, c.get('dashboard').slug, beginning)
    }).finally(arrived)
  }

  /** Of an app's callbacks those are told apart in metrics that it lists itself. */
  async function learnCallbacks(c: Context<GatewayEnv>, answer: AppAnswer): Promise<void> {
    if (c.env.incoming.method !== 'GET' || answer.statusCode !== 200) return
    const list = await answer.whole(mostListBytes)
    if (list) callbacks.learn(c.get('dashboard').slug, list)
  }

  return async function forward(c: Context<GatewayEnv>, route: DashRoute): Promise<Response> {
    const { incoming, outgoing } = c.env
    if (!outgoing) throw notFound()
    const session = c.get('session')
    const dashboard = c.get('dashboard')
    const { slug } = dashboard
    const suite = route === 'asset' ? suitePathOf(c) : undefined
    if (suite !== undefined) {
      const fields = responseHeaders(c, route, {})
      if (await suites.sendNamed(c, outgoing, { path: suite, fields })) return RESPONSE_ALREADY_SENT
    }
    const { token } = await tokens.tokenFor(session, c.get('tenant').id, slug)
    const ending = endingOf(outgoing)
    const release = holdOpen(session, {
      isAllowed: c.get('isStillAllowed'),
      // What is under way may end while the listener drains.
      isFinite: true,
      cut(reason) {
        if (outgoing.headersSent) cutOff(outgoing)
        // Not one second longer at work for what may not be seen; the page is told why.
        else ending.abort(reason === 'session_ended' ? signInAgain() : notFound())
      },
    })
    const { signal } = ending
    const exchange = c.get('exchange')
    let turn: Work | undefined
    let inFlight: { dec(): void } | undefined
    let place: Place | undefined
    try {
      const body = await bodyOf(c, signal)
      const counted = dependencies.inFlight(c.get('tenant').id, slug, exchange.kind)
      counted.inc()
      inFlight = counted
      turn = await work.begin(c, signal).catch((error: unknown) => {
        throw upstreamFailure(error)
      })
      const askedAt = performance.now()
      place = addresses.take(dashboard, session.idHash)
      const answer = await ask(dashboard, place, session.idHash, {
        // The routes of Dash know no other methods.
        method: incoming.method as UpstreamRequest['method'],
        target: appTarget(c),
        headers: upstreamHeaders(
          // Of what a browser has of a suite, ours by its own tags, the app knows nothing.
          suite === undefined ? incoming.headers : {},
          identityOf(c, token),
          arrivalOf(c, publicUrl),
        ),
        body,
        signal,
      })
      noteAnswer(exchange, answer, askedAt)
      if (!answer.isWhole) turn.answering()
      return await passOn(c, route, answer, outgoing)
    } finally {
      inFlight?.dec()
      turn?.end()
      place?.leave()
      release()
    }
  }
}
