import type { IncomingMessage, ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, jwtVerify, SignJWT, type CryptoKey, type JWK } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { httpServer } from '../../test-support/local-server.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import { createProviderKeys } from './provider-keys.ts'

let first: CryptoKey
let second: CryptoKey
const jwks: Record<string, JWK> = {}

beforeAll(async () => {
  const make = async (kid: string) => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    jwks[kid] = { ...(await exportJWK(publicKey)), kid, alg: 'ES256' }
    return privateKey
  }
  first = await make('first')
  second = await make('second')
})

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})

afterEach(() => {
  vi.useRealTimers()
})

const sign = (kid: string, key: CryptoKey) =>
  new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(key)

type Answer = (response: ServerResponse, request: IncomingMessage, url: string) => void

/** An issuer whose document and keys a test can change while it runs; it counts what it is asked. */
async function issuer(kids: string[] = ['first']) {
  const asked: string[] = []
  let answer: Answer | undefined
  const server = await httpServer((request, response) => {
    asked.push(request.url ?? '')
    if (answer) return answer(response, request, server.url)
    const metadata = { issuer: server.url, jwks_uri: `${server.url}/jwks` }
    const keys = kids.map((kid) => jwks[kid])
    response.end(JSON.stringify(request.url === '/jwks' ? { keys } : metadata))
  })
  const keys = createProviderKeys({
    issuer: server.url,
    discoveryUrl: `${server.url}/.well-known/openid-configuration`,
    allowInsecure: true,
  })
  return {
    asked,
    url: server.url,
    keys,
    /** Whose key it has, or why there is none. */
    async outcome(kid: string, key = kid === 'second' ? second : first): Promise<string> {
      try {
        await jwtVerify(await sign(kid, key), keys)
        return 'good'
      } catch (error) {
        return error instanceof GatewayError ? error.code : (error as { code: string }).code
      }
    },
    publishes: (...published: string[]) => void kids.splice(0, kids.length, ...published),
    answersWith: (given: Answer | undefined) => void (answer = given),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const unknownKey = 'ERR_JWKS_NO_MATCHING_KEY'
const seconds = (count: number) => vi.advanceTimersByTime(count * 1000)

describe('the keys of the provider', () => {
  it('are found at first need, once for all who ask at the same time', async () => {
    await using op = await issuer()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => op.outcome('first')))
    expect(new Set(outcomes)).toEqual(new Set(['good']))
    expect(op.asked).toEqual(['/.well-known/openid-configuration', '/jwks'])
  })

  it('are followed when they rotate, and the old one is no longer good', async () => {
    await using op = await issuer()
    expect(await op.outcome('first')).toBe('good')
    op.publishes('second')
    seconds(6)
    expect(await op.outcome('second')).toBe('good')
    expect(await op.outcome('first')).toBe(unknownKey)
  })

  it('are asked for again every five minutes, so that one that was taken back ends', async () => {
    await using op = await issuer(['first', 'second'])
    expect(await op.outcome('first')).toBe('good')
    op.publishes('second')
    seconds(299)
    expect(await op.outcome('first')).toBe('good')
    seconds(2)
    expect(await op.outcome('first')).toBe(unknownKey)
  })

  it('X4: are asked for no more often, however many tokens name keys that are not there', async () => {
    await using op = await issuer()
    await op.outcome('first')
    seconds(6)
    for (let n = 0; n < 20; n += 1) expect(await op.outcome(`unknown-${n}`)).toBe(unknownKey)
    expect(op.asked.filter((path) => path === '/jwks')).toHaveLength(2)
  })

  it('may have moved', async () => {
    await using op = await issuer()
    await op.outcome('first')
    op.answersWith((response, { url }, base) => {
      const metadata = { issuer: base, jwks_uri: `${base}/moved` }
      response.statusCode = url === '/jwks' ? 404 : 200
      response.end(JSON.stringify(url === '/moved' ? { keys: [jwks['second']] } : metadata))
    })
    seconds(6)
    expect(await op.outcome('second')).toBe('good')
  })
})

describe('without the provider', () => {
  const breaks: [how: string, answer: Answer][] = [
    ['answers 500', (response) => void response.writeHead(500).end('{}')],
    ['answers no JSON', (response) => void response.end('<html>')],
    ['hangs up', (response) => void response.destroy()],
    [
      'sends us elsewhere',
      (response, { url }, base) =>
        void (url === '/jwks' || url === '/elsewhere'
          ? response.end(url === '/jwks' ? keySet() : document(base, `${base}/jwks`))
          : response.writeHead(302, { location: '/elsewhere' }).end()),
    ],
    ['has no key set', (response, _, url) => void response.end(document(url, `${url}/jwks`))],
    [
      'is another issuer',
      (response, { url }, base) =>
        void response.end(url === '/jwks' ? keySet() : document('x', `${base}/jwks`)),
    ],
    ['has no keys', (response, _, url) => void response.end(JSON.stringify({ issuer: url }))],
    [
      'serves keys from a file',
      (response, _, url) => void response.end(document(url, 'file:///k')),
    ],
  ]
  const keySet = () => JSON.stringify({ keys: [jwks['first']] })
  const document = (issuer: string, jwks_uri: string) => JSON.stringify({ issuer, jwks_uri })

  it.each(breaks)(
    'that %s no token is good, and all are again when it is back',
    async (_, answer) => {
      await using op = await issuer()
      op.answersWith(answer)
      expect(await op.outcome('first')).toBe('provider_unavailable')
      op.answersWith(undefined)
      seconds(2)
      expect(await op.outcome('first')).toBe('good')
    },
  )

  it.each(['/.well-known/openid-configuration', '/jwks'])(
    'V18: that never ends its answer of %s, it is not listened to for long',
    async (path) => {
      await using op = await issuer()
      let written = 0
      op.answersWith((response, { url }, base) => {
        if (url !== path) return void response.end(document(base, `${base}/jwks`))
        const more = () => {
          while (!response.destroyed) {
            written += 65_536
            if (!response.write(' '.repeat(65_536))) return void response.once('drain', more)
          }
        }
        more()
      })
      expect(await op.outcome('first')).toBe('provider_unavailable')
      // What the sockets hold on both sides may be on its way; the time-out alone lets gigabytes by.
      expect(written).toBeLessThan(64 * 1024 * 1024)
    },
  )

  it('known keys go on for their time, also while somebody sends unknown ones', async () => {
    await using op = await issuer()
    await op.outcome('first')
    op.answersWith((response) => response.destroy())
    seconds(6)
    expect(await op.outcome('unknown')).toBe('provider_unavailable')
    expect(await op.outcome('first')).toBe('good')
    seconds(300)
    expect(await op.outcome('first')).toBe('provider_unavailable')
  })

  it('it is left alone for a second after each failure', async () => {
    await using op = await issuer()
    op.answersWith((response) => response.destroy())
    for (let n = 0; n < 20; n += 1) expect(await op.outcome('first')).toBe('provider_unavailable')
    expect(op.asked).toHaveLength(1)
    seconds(1.1)
    await op.outcome('first')
    expect(op.asked).toHaveLength(2)
  })

  it('the answer is 503, says when to try again, and names no address', async () => {
    await using op = await issuer()
    op.answersWith((response) => response.destroy())
    const token = await sign('first', first)
    const error = await jwtVerify(token, op.keys).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 503, headers: { 'Retry-After': '5' } })
    expect(String(error)).not.toContain('127.0.0.1')
  })
})

describe('a provider without TLS', () => {
  it('is asked for keys only where that was allowed', async () => {
    await using op = await issuer()
    const discoveryUrl = `${op.url}/.well-known/openid-configuration`
    const strict = createProviderKeys({
      issuer: op.url,
      discoveryUrl,
      allowInsecure: false,
    })
    await expect(jwtVerify(await sign('first', first), strict)).rejects.toMatchObject({
      code: 'provider_unavailable',
    })
    expect(op.asked).not.toContain('/jwks')
  })
})
