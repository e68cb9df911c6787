import { importanceOf } from '../limits/importance.ts'
import type { CanonicalTarget } from '../edge/canonical-path.ts'
import type { Exchange, RequestKind } from '../request-context.ts'
import type { AppAnswer } from './app-answer.ts'
import { isSetOffByTimers, outputAtBeginning } from './callback-body.ts'
import type { CallbackNames } from './callback-names.ts'
import type { DashRoute } from './dash-routes.ts'

const kinds: Readonly<Record<Exclude<DashRoute, 'callback'>, RequestKind>> = {
  page: 'page',
  layout: 'layout',
  dependencies: 'layout',
  asset: 'asset',
  socket: 'socket',
}

/** What is known of a request for an app before its body is. */
export const exchangeOf = (route: DashRoute, target: CanonicalTarget): Exchange => ({
  kind: route !== 'callback' ? kinds[route] : importanceOf(target) === 'poll' ? 'poll' : 'callback',
  callback: undefined,
  upstreamSeconds: undefined,
  requestBytes: 0,
  answer: undefined,
})

/** Names a callback by the beginning of its body, and tells a timer's from a person's. */
export function noteCallback(
  exchange: Exchange,
  names: Pick<CallbackNames, 'nameOf'>,
  dashboard: string,
  body: Buffer,
): void {
  const { label, hasTimer } = names.nameOf(dashboard, outputAtBeginning(body))
  exchange.callback = label
  if (hasTimer && isSetOffByTimers(body)) exchange.kind = 'poll'
}

/** Dash 4.5 answers bit by bit with lines of JSON, on the route of callbacks. */
const ofLines = /^\s*application\/x-ndjson\b/i

/** Notes how an app has begun to answer. */
export function noteAnswer(exchange: Exchange, answer: AppAnswer, askedAt: number): void {
  exchange.answer = answer
  exchange.upstreamSeconds = (performance.now() - askedAt) / 1000
  const type = answer.headers['content-type']
  if (typeof type === 'string' && ofLines.test(type)) exchange.kind = 'stream'
}
