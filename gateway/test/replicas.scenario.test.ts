import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startGateways, type Gateways } from './support/replicas.ts'
import { operate, signedIn, stack } from './support/stack.ts'

let gateways: Gateways

beforeAll(async () => {
  gateways = await startGateways(3, { environment: inject('gatewayEnvironment'), logs: stack.logs })
}, 120_000)

afterAll(async () => {
  await gateways?.stop()
})

describe('three gateway processes on one database', () => {
  it('know each other’s sessions', async () => {
    const acme = await signedIn('viewer@acme.test')
    for (const { url } of gateways.replicas) {
      acme.via = url
      expect(JSON.parse((await acme.script('/session')).text)).toMatchObject({
        activeTenant: 'acme-corp',
      })
    }
    expect(
      (await operate('GET', '/admin/tenants', undefined, gateways.replicas[1]?.adminUrl)).status,
    ).toBe(200)
  })
})
