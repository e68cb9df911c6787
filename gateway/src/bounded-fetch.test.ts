import { describe, expect, it } from 'vitest'
import { httpServer } from '../test-support/local-server.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { createDiscovery } from './oidc/discovery.ts'

/** Answers with spaces without end, at the pace of whoever reads. */
async function endless() {
  let written = 0
  const chunk = Buffer.alloc(64 * 1024, ' ')
  const server = await httpServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const more = () => {
      while (!response.destroyed) {
        written += chunk.length
        if (!response.write(chunk)) return void response.once('drain', more)
      }
    }
    more()
  })
  return {
    server,
    written: () => written,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

describe('V18: an answer of the provider without end', () => {
  it('is broken off, and not read on', async () => {
    await using one = await endless()
    const answer = await boundedFetch(one.server.url, {})
    await expect(answer.text()).rejects.toThrow(/more than 1048576 bytes/)
    // What the sockets hold on both sides may be on its way.
    expect(one.written()).toBeLessThan(64 * 1024 * 1024)
  })

  it('is no discovery', async () => {
    await using one = await endless()
    const configuration = createDiscovery({
      issuer: one.server.url,
      discoveryUrl: `${one.server.url}/.well-known/openid-configuration`,
      clientId: 'dashgate',
      clientSecret: 'a-long-enough-secret',
      clientAuthentication: 'client_secret_post',
      allowInsecureIssuer: true,
    })
    await expect(configuration()).rejects.toMatchObject({ code: 'provider_unavailable' })
    expect(one.written()).toBeLessThan(64 * 1024 * 1024)
  })
})

it('gives what is short as it is', async () => {
  await using server = await httpServer((_request, response) =>
    response.writeHead(201).end('{"a":1}'),
  )
  const answer = await boundedFetch(server.url, {})
  expect([answer.status, await answer.json()]).toEqual([201, { a: 1 }])
})
