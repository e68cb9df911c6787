import { createServer } from 'node:net'

import { afterEach, describe, expect, it } from 'vitest'

import { assertPortsFree, freePorts, portsFromEnvironment } from './ports.ts'

describe('portsFromEnvironment', () => {
  it('gives the documented ports when nothing is said', () => {
    expect(portsFromEnvironment({}, 3)).toEqual({
      public: 8080,
      internal: 8081,
      admin: 8443,
      ops: 9464,
      provider: 8090,
      azurite: 10_000,
      postgres: 54_329,
      dash: [8051, 8052, 8053],
    })
  })

  it('follows the environment', () => {
    const ports = portsFromEnvironment({ PUBLIC_PORT: '9000', DASH_PORT: '9100' }, 2)
    expect(ports).toMatchObject({ public: 9000, dash: [9100, 9101] })
  })

  it.each(['eighty', '0', '-1', '70000', '80.5'])('names the variable that says %j', (value) => {
    expect(() => portsFromEnvironment({ OPS_PORT: value }, 1)).toThrow(
      `OPS_PORT must be a port number, but is "${value}"`,
    )
  })
})

describe('assertPortsFree', () => {
  const taker = createServer()
  afterEach(() => new Promise((resolve) => void taker.close(resolve)))

  it('names the taken port and the variable that changes it', async () => {
    const ports = await freePorts(3)
    await expect(assertPortsFree(ports)).resolves.toBeUndefined()
    await new Promise<void>((resolve) => void taker.listen(ports.provider, '127.0.0.1', resolve))
    await expect(assertPortsFree(ports)).rejects.toThrow(
      `Port ${ports.provider} is taken: stop what uses it, or choose another with PROVIDER_PORT=<port>`,
    )
  })
})
