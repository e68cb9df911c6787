import { describe, expect, it } from 'vitest'
import { useAdminApi } from '../../test-support/admin-api.ts'

const api = useAdminApi()

const fill = (path: string) => path.replace('{id}', 'globex').replace('{slug}', 'claims-monitor')

describe('GET /admin/openapi.json', () => {
  it('has every call that the API answers, and no other', async () => {
    const { json } = await api.send('GET', '/admin/openapi.json')
    const described = Object.entries(json['paths'] as Record<string, object>).flatMap(
      ([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(described.length).toBeGreaterThan(10)
    expect(new Set(described)).toEqual(new Set(api.calls()))
  })

  it('has examples that the API accepts as they stand', async () => {
    await api.send('PUT', '/admin/dashboards/loss-development', {
      title: 'Loss development',
      appUrl: 'http://127.0.0.1:8051',
    })
    const requests = api.described().filter(({ part }) => part === 'request')
    expect(requests.length).toBeGreaterThan(4)
    for (const { call, example } of requests) {
      const [method = '', path = ''] = call.split(' ')
      const { status } = await api.send(method as 'POST', fill(path), example)
      expect([call, status]).toEqual([call, expect.toSatisfy((code) => code < 300)])
    }
  })

  it('says of each call what the API answers', async () => {
    // `send` holds every answer against the description, and throws where one is not as described.
    for (const call of api.calls().filter((one) => one.startsWith('GET'))) {
      const path = fill(call.slice('GET '.length))
      expect([call, (await api.send('GET', path)).status]).toEqual([call, 200])
      expect((await api.send('GET', `${path}?nonsense=1`)).status).toBeOneOf([200, 422])
    }
  })
})
