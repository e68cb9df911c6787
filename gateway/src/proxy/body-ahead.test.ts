import { PassThrough, type Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { signInAgain } from '../edge/gateway-error.ts'
import { aheadBytes, bodyAhead } from './body-ahead.ts'

const never = new AbortController().signal

/** What has become of a promise after everything that can happen by itself has happened. */
async function stateOf(work: Promise<unknown>): Promise<'pending' | 'settled'> {
  let state: 'pending' | 'settled' = 'pending'
  const settle = () => void (state = 'settled')
  work.then(settle, settle)
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  return state
}

describe('X13: the body of a request, before an app is asked', () => {
  it('is waited for to its end', async () => {
    const body = new PassThrough()
    const ahead = bodyAhead(body, never)
    body.write('{"a":')
    expect(await stateOf(ahead)).toBe('pending')
    body.end('1}')
    expect(await ahead).toEqual(Buffer.from('{"a":1}'))
  })

  it('is whole when it is empty', async () => {
    const body = new PassThrough()
    body.end()
    expect(await bodyAhead(body, never)).toEqual(Buffer.alloc(0))
  })

  it('is streamed when it is more than should be held, and not a byte of it is lost', async () => {
    const body = new PassThrough()
    const ahead = bodyAhead(body, never)
    const first = Buffer.alloc(aheadBytes, 'a')
    body.write(first)
    const stream = (await ahead) as Readable
    expect(Buffer.isBuffer(stream)).toBe(false)
    const all = buffer(stream)
    body.write('middle')
    body.end('end')
    expect(await all).toEqual(Buffer.concat([first, Buffer.from('middleend')]))
  })

  it('is given up with the reason for which the request is', async () => {
    const body = new PassThrough()
    body.on('error', () => {})
    const ending = new AbortController()
    const ahead = bodyAhead(body, ending.signal)
    body.write('{')
    ending.abort(signInAgain())
    await expect(ahead).rejects.toMatchObject({ code: 'session_expired' })
    expect(body.destroyed).toBe(true)
  })

  it('that breaks off is the doing of the client, in its beginning and in its rest', async () => {
    const doing = { status: 499, code: 'client_closed_request' }
    const early = new PassThrough()
    const ahead = bodyAhead(early, never)
    early.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
    await expect(ahead).rejects.toMatchObject(doing)

    const late = new PassThrough()
    late.write(Buffer.alloc(aheadBytes))
    const stream = (await bodyAhead(late, never)) as Readable
    const all = buffer(stream)
    late.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
    await expect(all).rejects.toMatchObject(doing)
  })

  it('is let go when nobody wants its rest any more', async () => {
    const body = new PassThrough()
    body.on('error', () => {})
    body.write(Buffer.alloc(aheadBytes))
    const stream = (await bodyAhead(body, never)) as Readable
    const closed = new Promise((resolve) => body.once('close', resolve))
    stream.on('error', () => {}).resume()
    stream.destroy()
    body.end('more')
    await closed
    expect(body.destroyed).toBe(true)
  })
})
