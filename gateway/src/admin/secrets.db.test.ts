import { describe, expect, it } from 'vitest'
import { useAdminApi } from '../../test-support/admin-api.ts'
import { rotationIdOf } from './secret-routes.ts'

const api = useAdminApi()
const { send, auditLines } = api

interface Rotated {
  readonly ring: string
  readonly kid: string
  readonly usedFrom: string
  readonly previous: readonly { readonly kid: string; readonly acceptedUntil: string }[]
}
const rotate = async (body: unknown, idempotencyKey?: string) => {
  const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }
  const answer = await send('POST', '/admin/rotate-secret', body, { headers })
  return { answer, rotated: answer.json['rotated'] as Rotated[] }
}
const keysInUse = () => api.owner`select kid from key_rings where retired_at is null order by id`

describe('POST /admin/rotate-secret', () => {
  it('adds keys, and what the old ones sealed stays readable', async () => {
    const sealed = api.keyRings.sealAtRest('refresh token', 'cookie')
    const before = api.keyRings.publicJwks().keys.length
    const all = await rotate({})
    const one = await rotate({ ring: 'tenant-token' })

    expect(all.rotated).toMatchObject([
      { ring: 'cookie' },
      { ring: 'tenant-token' },
      { ring: 'data' },
    ])
    expect(one.rotated).toHaveLength(1)
    expect(api.keyRings.publicJwks().keys).toHaveLength(before + 2)
    expect(await api.keyRings.openAtRest(sealed, 'cookie')).toBe('refresh token')
  })

  it('tells from when the new keys are used and until when the old ones are accepted', async () => {
    const { rotated: first } = await rotate({ ring: 'cookie' })
    const { rotated: second } = await rotate({ ring: 'cookie' })

    expect(second[0]?.previous.map(({ kid }) => kid)).toContain(first[0]?.kid)
    const [last] = second[0]?.previous.slice(-1) ?? []
    const overlap = Date.parse(last?.acceptedUntil ?? '') - Date.parse(second[0]?.usedFrom ?? '')
    expect(overlap / 1000).toBe(24 * 3600 + 300)
  })

  it('records what was rotated, and never a secret', async () => {
    const { rotated } = await rotate({ ring: 'cookie' })
    const [line] = await auditLines()
    expect(line).toMatchObject({
      action: 'secret.rotated',
      actor: 'pipeline',
      actor_type: 'client',
      detail: { rotated },
    })
    for (const secret of Object.values(await api.keyRings.passwordsToOpen(''))) {
      expect(JSON.stringify(line)).not.toContain(secret)
    }
  })
})

describe('an Idempotency-Key', () => {
  it('makes a repetition change nothing, answer the same and leave no second line', async () => {
    const first = await rotate({}, 'run-1')
    const kids = await keysInUse()
    const again = await rotate({}, 'run-1')

    expect(again.answer.status).toBe(200)
    expect(again.rotated).toEqual(first.rotated)
    expect(await keysInUse()).toEqual(kids)
    expect(await auditLines()).toHaveLength(1)
  })

  it('is for one rotation: another one, or none, rotates', async () => {
    const first = await rotate({ ring: 'data' }, 'run-2')
    const others = [await rotate({ ring: 'data' }, 'run-3'), await rotate({ ring: 'data' })]
    const kids = [first, ...others].map(({ rotated }) => rotated[0]?.kid)
    expect(new Set(kids).size).toBe(3)
  })

  it('of one operator is not that of another', async () => {
    expect(rotationIdOf('pipeline', 'run-5')).toBe(rotationIdOf('pipeline', 'run-5'))
    expect(rotationIdOf('pipeline', 'run-5')).not.toBe(rotationIdOf('somebody', 'run-5'))
    await rotate({ ring: 'data' }, 'run-5')
    const [row] = await api.owner`select rotation_id from key_rings where rotation_id is not null
      order by id desc limit 1`
    expect(row?.['rotation_id']).toBe(rotationIdOf('pipeline', 'run-5'))
  })

  it('cannot be used again for other rings', async () => {
    await rotate({ ring: 'data' }, 'run-4')
    const kids = await keysInUse()
    const { answer } = await rotate({ ring: 'cookie' }, 'run-4')
    expect(answer.status).toBe(422)
    expect(answer.json).toMatchObject({
      code: 'invalid_input',
      errors: [{ field: 'idempotency-key' }],
    })
    expect(await keysInUse()).toEqual(kids)
  })

  it.each(['', 'two words', 'ä', 'x'.repeat(201)])('is refused when it is %j', async (key) => {
    const kids = await keysInUse()
    const { answer } = await rotate({}, key)
    expect(answer.json).toMatchObject({ status: 422, errors: [{ field: 'idempotency-key' }] })
    expect(await keysInUse()).toEqual(kids)
  })
})
