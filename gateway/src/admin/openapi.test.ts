import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { describedBy, type ApiDocument } from '../../test-support/described.ts'
import { describedAccess } from '../../test-support/operators.ts'
import { describeAdminApi } from './openapi.ts'

const document = JSON.parse(JSON.stringify(describeAdminApi(describedAccess))) as ApiDocument &
  Record<string, unknown>
const described = describedBy(document)
const isAnswer = ({ part }: { part: string }) => part.startsWith('2')

describe('the description of the admin API', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(document)
    expect([valid, errors]).toEqual([true, undefined])
    expect(validator.version).toBe('3.1')
  })

  it.each([...new Set(described.bodies.map(({ call }) => call))])(
    'has examples that fit their schemas for all that %s takes and answers',
    (call) => {
      for (const body of described.bodies.filter((one) => one.call === call)) {
        expect([body.part, body.example]).not.toEqual([body.part, undefined])
        expect([body.part, described.faults(body, body.example)]).toEqual([body.part, []])
      }
    },
  )

  it.each([
    ['certificate', [{ clientCertificate: [] }]],
    ['token', [{ clientCredentials: ['dashgate.admin'] }]],
    ['either', [{ clientCertificate: [] }, { clientCredentials: ['dashgate.admin'] }]],
    ['both', [{ clientCertificate: [], clientCredentials: ['dashgate.admin'] }]],
  ] as const)('says how callers prove who they are with ADMIN_AUTH=%s', async (auth, security) => {
    const api = describeAdminApi({ ...describedAccess, auth })
    const schemes = api.components?.securitySchemes ?? {}
    expect(api.security).toEqual(security)
    expect(new Set(Object.keys(schemes))).toEqual(new Set(security.flatMap(Object.keys)))
    expect((await new Validator().validate({ ...api })).errors).toBeUndefined()
  })

  it('lets no answer have a field that it does not name', () => {
    const open = described.bodies.filter(
      (body) =>
        isAnswer(body) &&
        body.type === 'application/json' &&
        described.faults(body, { ...(body.example as object), refreshToken: 'x' }).length === 0,
    )
    expect(open.map(({ call }) => call)).toEqual(['GET /admin/openapi.json'])
  })

  it.each([
    ['GET /admin/tenants', { tenants: [{ id: 'Not A Slug' }], nextCursor: null }],
    ['GET /admin/sessions', { sessions: [] }],
    ['POST /admin/sessions/revoke', { revoked: '1' }],
  ])('is not content with any answer to %s', (call, answer) => {
    const body = described.bodies.find((one) => one.call === call && one.part === '200')
    expect(body && described.faults(body, answer)).not.toEqual([])
  })
})
