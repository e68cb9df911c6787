import { describe, expect, it } from 'vitest'
import { httpServer } from '../../test-support/local-server.ts'
import { createDiscovery } from './discovery.ts'

const directory = '775527ff-9a37-4307-8b3d-cc311f58d925'

/** A provider of which only the document matters. */
const documentNaming = (issuer: (origin: string) => string) =>
  httpServer((request, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ issuer: issuer(`http://${request.headers.host}`) }))
  })

const options = (issuer: string, discoveryUrl: string) => ({
  issuer,
  discoveryUrl,
  clientId: 'dashgate',
  clientSecret: 'a-long-enough-secret',
  clientAuthentication: 'client_secret_post' as const,
  allowInsecureIssuer: true,
})

const document = '/.well-known/openid-configuration'

describe('V45: discovery', () => {
  it('takes a document that lies elsewhere and names our issuer', async () => {
    const path = `/${directory}/v2.0/`
    await using server = await documentNaming((origin) => origin + path)
    const address = `${server.url}/c.onmicrosoft.com/B2C_1_susi/v2.0${document}`
    const configuration = await createDiscovery(options(server.url + path, address))()
    expect(configuration.serverMetadata().issuer).toBe(server.url + path)
  })

  it('minds no slash behind an origin', async () => {
    await using server = await documentNaming((origin) => origin)
    const configuration = createDiscovery(options(`${server.url}/`, server.url + document))
    await expect(configuration()).resolves.toBeDefined()
  })

  it.each([
    ['of another directory', `/875527ff-9a37-4307-8b3d-cc311f58d925/v2.0/`],
    ['with a slash less', `/${directory}/v2.0`],
    ['that every directory fits', '/{tenantid}/v2.0'],
  ])('refuses a document that names an issuer %s, and says so to the log', async (_, path) => {
    await using server = await documentNaming((origin) => origin + path)
    const issuer = `${server.url}/${directory}/v2.0/`
    const fault: unknown = await createDiscovery(options(issuer, `${issuer}${document.slice(1)}`))()
      .then(() => undefined)
      .catch((error: unknown) => error)
    expect(fault).toMatchObject({ status: 503, code: 'provider_misconfigured' })
    expect((fault as Error).cause).toMatchObject({
      message: expect.stringContaining(`OIDC_ISSUER is ${issuer}`) as string,
    })
  })

  it('asks again after a failure', async () => {
    let isUp = false
    await using server = await httpServer((request, response) => {
      response.statusCode = isUp ? 200 : 503
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify({ issuer: `http://${request.headers.host}` }))
    })
    const configuration = createDiscovery(options(server.url, server.url + document))
    await expect(configuration()).rejects.toMatchObject({ code: 'provider_unavailable' })
    isUp = true
    await expect
      .poll(() => configuration().then(() => 'up', String), { timeout: 20_000 })
      .toBe('up')
  })
})
