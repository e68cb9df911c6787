import { describe, expect, it } from 'vitest'
import { useAdminApi } from '../../test-support/admin-api.ts'

const api = useAdminApi()
const { send, auditLines } = api

describe('POST /admin/rotate-secret', () => {
  it('adds keys, and what the old ones sealed stays readable', async () => {
    const sealed = api.keyRings.sealAtRest('refresh token', 'cookie')
    const before = api.keyRings.publicJwks().keys.length
    const all = await send('POST', '/admin/rotate-secret', {})
    const one = await send('POST', '/admin/rotate-secret', { ring: 'tenant-token' })

    expect(all.json['rotated']).toMatchObject([
      { ring: 'cookie' },
      { ring: 'tenant-token' },
      { ring: 'data' },
    ])
    expect(one.json['rotated']).toHaveLength(1)
    expect(api.keyRings.publicJwks().keys).toHaveLength(before + 2)
    expect(api.keyRings.openAtRest(sealed, 'cookie')).toBe('refresh token')
  })

  it('records which keys, and never a secret', async () => {
    await send('POST', '/admin/rotate-secret', { ring: 'cookie' })
    const [line] = await auditLines()
    expect(line).toMatchObject({
      action: 'secret.rotated',
      actor: 'pipeline',
      actor_type: 'client',
    })
    for (const secret of Object.values(api.keyRings.cookiePasswords())) {
      expect(JSON.stringify(line)).not.toContain(secret)
    }
  })
})
