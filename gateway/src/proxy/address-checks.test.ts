import { expect, it, vi } from 'vitest'
import { httpServer } from '../../test-support/local-server.ts'
import { startAddressChecks } from './address-checks.ts'
import { createAppAddresses } from './app-addresses.ts'

it('X5: finds out by itself which address of an app with several is down, and asks for nothing', async () => {
  const asked: string[] = []
  await using up = await httpServer((request) => void asked.push(request.url ?? ''))
  await using alone = await httpServer(() => {})
  const connections = vi.fn<() => void>()
  alone.server.on('connection', connections)
  const gone = await httpServer(() => {})
  await gone[Symbol.asyncDispose]()

  const addresses = createAppAddresses()
  const health = new Map<string, boolean>()
  const checks = startAddressChecks({
    addresses,
    apps: () => [
      { appUrl: up.url, replicaUrls: [gone.url, 'http://['] },
      { appUrl: alone.url, replicaUrls: [] },
    ],
    noteReached: (address, isReached) => void health.set(address, isReached),
    everyMs: 5,
  })
  try {
    await vi.waitFor(() => expect(addresses.isEjected(gone.url)).toBe(true), 30_000)
  } finally {
    await checks.stop()
  }
  expect(health).toEqual(
    new Map([
      [up.url, true],
      [gone.url, false],
      ['http://[', false],
    ]),
  )
  expect(addresses.isEjected(up.url)).toBe(false)
  expect([...checks.followed()]).toEqual([up.url, gone.url, 'http://['])
  expect([asked, connections.mock.calls]).toEqual([[], []])
})

it('takes an address back that can be reached again', async () => {
  await using app = await httpServer(() => {})
  let time = 0
  const addresses = createAppAddresses({ now: () => time })
  for (let failure = 0; failure < 3; failure += 1) addresses.noteUnreached(app.url)
  const rounds = vi.fn<() => void>()
  const checks = startAddressChecks({
    addresses,
    apps() {
      rounds()
      return [{ appUrl: app.url, replicaUrls: ['http://127.0.0.1:1'] }]
    },
    noteReached: () => {},
    everyMs: 5,
  })
  try {
    await vi.waitFor(() => expect(rounds.mock.calls.length).toBeGreaterThan(2), 30_000)
    expect(addresses.isEjected(app.url)).toBe(true)
    time = 5000
    await vi.waitFor(() => expect(addresses.isEjected(app.url)).toBe(false), 30_000)
  } finally {
    await checks.stop()
  }
})
