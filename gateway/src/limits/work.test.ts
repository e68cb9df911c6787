import { PassThrough } from 'node:stream'
import type { Context } from 'hono'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { GatewayEnv } from '../request-context.ts'
import { createStreams } from './streams.ts'
import { createTurns } from './turns.ts'
import { createWorkLimits } from './work.ts'

const limits = {
  requestsPerMinute: 1,
  userRequestsPerMinute: 1,
  requestsAtOnce: 1,
  userRequestsAtOnce: 1,
  streams: 2,
  userStreams: 1,
}

/** A request of one person of acme for one dashboard. */
const facts = new Map<string, unknown>([
  ['tenant', { id: 'acme' }],
  ['dashboard', { appUrl: 'http://app' }],
  ['session', { principal: { issuer: 'https://idp', sub: 'ann' } }],
  ['target', { path: '/dashboard/a/_dash-update-component', query: '' }],
])
const c = { get: (name: string) => facts.get(name) } as unknown as Context<GatewayEnv>

function scene() {
  const work = createWorkLimits({
    turns: createTurns({ appRequestsAtOnce: 1, waitMs: 1000 }),
    streams: createStreams(),
    arrivals: createStreams(),
    limitsOf: () => limits,
  })
  return {
    work,
    begin: () => work.begin(c, new AbortController().signal),
    busy: { status: 429, code: 'tenant_busy' },
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('work of an app (X21)', () => {
  it('holds its turn until it ends, however long the app thinks', async () => {
    const { begin, busy } = scene()
    const first = await begin()
    const refused = expect(begin()).rejects.toMatchObject(busy)
    await vi.advanceTimersByTimeAsync(10_000)
    await refused
    first.end()
    const second = await begin()
    second.end()
  })

  it('gives its turn back when the answer goes on and on, and is a stream from then on', async () => {
    const { begin, busy, work } = scene()
    const long = await begin()
    long.answering()
    await vi.advanceTimersByTimeAsync(4900)
    const waiting = begin()
    await vi.advanceTimersByTimeAsync(200)
    const next = await waiting
    expect(() => work.countSocket(c, new PassThrough())).toThrow(
      expect.objectContaining({ status: 429, code: 'too_many_requests' }),
    )
    // There is no room for a second stream, so that this one keeps its turn.
    next.answering()
    await vi.advanceTimersByTimeAsync(6000)
    const refused = expect(begin()).rejects.toMatchObject(busy)
    await vi.advanceTimersByTimeAsync(2000)
    await refused
    long.end()
    next.end()
    work.countSocket(c, new PassThrough())
    const free = await begin()
    free.end()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('counts a WebSocket until its connection is closed, even one that is closed already', async () => {
    const { work } = scene()
    const connection = new PassThrough()
    work.countSocket(c, connection)
    expect(() => work.countSocket(c, new PassThrough())).toThrow('Close some tabs')
    connection.destroy()
    await vi.advanceTimersByTimeAsync(0)
    work.countSocket(c, connection)
    work.countSocket(c, new PassThrough())
  })
})
