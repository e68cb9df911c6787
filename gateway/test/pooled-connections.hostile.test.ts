import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crossedAnswers } from './support/crossed-answers.ts'
import { pooledScene } from './support/pooled-scene.ts'
import { publicPort, stack } from './support/stack.ts'

/** As many as end within minutes on two cores; fewer for a quick look. */
const questions = Number(process.env['POOLED_REQUESTS'] ?? 100_000)
const handshakes = Number(process.env['POOLED_HANDSHAKES'] ?? questions)

let scene: Awaited<ReturnType<typeof pooledScene>>

beforeAll(async () => {
  scene = await pooledScene('pooled-long')
})

afterAll(() => scene.stop())

describe('an app that misbehaves, asked by two tenants for long', () => {
  it('V19, V42: gives nobody an answer but their own, however often they ask', async () => {
    const { base, askers } = scene
    const seed = Math.floor(Math.random() * 1e9)
    process.stdout.write(`Crossed answers with the seed ${seed}.\n`)
    const round = { publicUrl: stack.publicUrl, base, askers, count: questions, atOnce: 8, seed }
    const outcomes = await crossedAnswers(round)
    expect(outcomes.wrong).toEqual([])
    expect(outcomes.right + outcomes.failed + outcomes.own).toBe(questions)
  }, 3_600_000)
})

describe('V35: handshakes that are broken off', () => {
  const heapBytes = async () => {
    const metrics = await (await fetch(`${stack.opsUrl}/metrics`)).text()
    return Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(metrics)?.[1])
  }

  /** Begins so many handshakes, and hangs up on each before it is answered. */
  async function breakOff(count: number): Promise<void> {
    const { base, askers } = scene
    const head = `GET ${base}_dash-ws-callback HTTP/1.1\r\nHost: localhost:${publicPort}\r\nOrigin: ${stack.publicUrl}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: ${askers[0]?.cookie}\r\n\r\n`
    let begun = 0
    const one = () =>
      new Promise<void>((resolve) => {
        const socket = connect(publicPort, '127.0.0.1')
        socket.on('error', () => {}).on('close', () => resolve())
        socket.write(head, () => socket.destroy())
      })
    const worker = async () => {
      while (begun < count) {
        begun += 1
        await one()
      }
    }
    await Promise.all(Array.from({ length: 32 }, worker))
  }

  it('leave nothing behind, however many they are', async () => {
    await breakOff(handshakes / 10)
    const before = await heapBytes()
    await breakOff(handshakes - handshakes / 10)
    // What each would leave is more than a kilobyte: a socket, a request, a promise.
    await expect.poll(async () => (await heapBytes()) - before, { timeout: 120_000 }).toBeLessThan(40e6) // prettier-ignore
  })
})
