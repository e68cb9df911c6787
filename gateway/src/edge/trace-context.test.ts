import { Hono } from 'hono'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GatewayEnv } from '../request-context.ts'
import { trustedPeers } from './client-address.ts'
import { requestId } from './request-id.ts'
import { continuedTrace } from './trace-context.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const span = '00f067aa0ba902b7'
const sent = `00-${trace}-${span}-01`

describe('the trace of a request', () => {
  it.each([
    ['00', '00'],
    ['01', '01'],
    ['02', '00'],
    ['ff', '01'],
  ])('goes on under a span of ours, and flags %s as %s', (flags, passed) => {
    const { traceparent } = continuedTrace({ traceparent: `00-${trace}-${span}-${flags}` }) ?? {}
    expect(traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-${passed}$`))
    expect(traceparent).not.toContain(span)
  })

  it('goes on as well where a later version says more', () => {
    expect(continuedTrace({ traceparent: `01-${trace}-${span}-01-more` })).toBeDefined()
    expect(continuedTrace({ traceparent: `01-${trace}-${span}-01.more` })).toBeUndefined()
  })

  it.each([
    '',
    `${sent}-more`,
    `${sent}, ${sent}`,
    ` ${sent}`,
    `${sent}\n`,
    sent.toUpperCase(),
    `ff-${trace}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace}-${span}-1`,
    `00-${trace}-${span}`,
  ])('H2: is nothing that %j could say', (traceparent) => {
    expect(continuedTrace({ traceparent, tracestate: 'a=1' })).toBeUndefined()
  })

  it('H2: is one well-formed header or none, whatever was sent', () => {
    const near = fc
      .tuple(fc.nat(sent.length), fc.string({ unit: 'binary', maxLength: 3 }))
      .map(([at, text]) => sent.slice(0, at) + text + sent.slice(at + text.length))
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), fc.string(), (traceparent, tracestate) => {
        const found = continuedTrace({ traceparent, tracestate })
        if (!found) return
        expect(found.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
        expect(traceparent).toContain(found.traceparent.slice(3, 35))
        expect(found.tracestate ?? '').toMatch(/^[\x20-\x7e]{0,512}$/)
      }),
    )
  })

  it.each([
    ['a=1, b@vendor=x y', 'a=1,b@vendor=x y'],
    ['a=1,,', 'a=1'],
    ['', undefined],
    ['A=1', undefined],
    ['a=1,b', undefined],
    ['a=\u00e9', undefined],
    [`a=${'x'.repeat(600)}`, undefined],
    [Array.from({ length: 33 }, (_, at) => `k${at}=1`).join(), undefined],
  ])('has of the state %j what is well-formed', (tracestate, passed) => {
    expect(continuedTrace({ traceparent: sent, tracestate })?.tracestate).toBe(passed)
  })
})

describe('the trace of a request at the edge', () => {
  const app = new Hono<GatewayEnv>()
  app.use(requestId(trustedPeers(['10.0.0.0/8'])))
  app.get('/', (c) =>
    c.json([c.get('requestId'), c.get('traceparent'), c.get('tracestate') ?? null]),
  )

  async function seen(
    remoteAddress: string | undefined,
    headers: Readonly<Record<string, string>>,
  ) {
    const incoming = { headers, socket: { remoteAddress } }
    const answer = await app.request('/', {}, { incoming })
    return (await answer.json()) as [id: string, traceparent: string, tracestate: string | null]
  }
  const spoofed = { traceparent: sent, tracestate: 'a=1', 'x-request-id': trace }

  it.each(['203.0.113.9', '127.0.0.1', undefined])(
    'V16, V4: is our own where %s, no proxy of ours, claims another',
    async (peer) => {
      const [id, traceparent, tracestate] = await seen(peer, {
        ...spoofed,
        'x-forwarded-for': '10.0.0.1',
      })
      expect(id).not.toBe(trace)
      expect(traceparent).toContain(`00-${id}-`)
      expect(tracestate).toBeNull()
    },
  )

  it.each(['10.0.0.1', '::ffff:10.0.0.1'])('is that of our own proxy %s', async (peer) => {
    const [id, traceparent, tracestate] = await seen(peer, spoofed)
    expect(id).not.toBe(trace)
    expect(traceparent).toContain(`00-${trace}-`)
    expect(tracestate).toBe('a=1')
  })

  it('is our own where our proxy says nothing of use', async () => {
    const [id, traceparent] = await seen('10.0.0.1', { traceparent: 'rubbish' })
    expect(traceparent).toContain(`00-${id}-`)
  })
})
