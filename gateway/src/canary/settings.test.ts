import { describe, expect, it } from 'vitest'
import { CanarySettingsError, readSettings } from './settings.ts'

const tenant = { id: 'canary-north', mark: 'kestrel-7c1f', login: 'n@x.test', password: 'hidden-1' }
const other = { id: 'canary-south', mark: 'plover-93ab', login: 's@x.test', password: 'hidden-2' }
const environment = {
  PUBLIC_URL: 'https://dash.example.com',
  DASHGATE_INTERNAL_URL: 'http://127.0.0.1:8081',
  CANARY_TENANTS_FILE: '/tenants.json',
  CANARY_REPORT_DIR: '/reports',
}
const read = (tenants: unknown, own: Record<string, string> = {}) =>
  readSettings({ ...environment, ...own }, () =>
    typeof tenants === 'string' ? tenants : JSON.stringify(tenants),
  )

describe('settings of the canary', () => {
  it('are whole with two tenants that are told apart', () => {
    expect(read([tenant, other])).toMatchObject({
      tenants: [tenant, other],
      CANARY_INTERVAL_SECONDS: 300,
      CANARY_APP_SLUG: 'isolation-canary',
    })
  })

  it.each([
    ['one tenant', [tenant]],
    ['a mark that is part of the other', [tenant, { ...other, mark: 'kestrel-7c1f2' }]],
    ['a mark that is the id of the other', [tenant, { ...other, mark: 'canary-north' }]],
    ['an id that is part of the other', [{ ...tenant, id: 'canary' }, other]],
    ['a mark that JSON or HTML could spell otherwise', [tenant, { ...other, mark: 'Plöver & 93' }]],
  ])('are refused with %s', (_, tenants) => {
    expect(() => read(tenants)).toThrow(CanarySettingsError)
  })

  it('are refused with the name of each variable that is wrong', () => {
    expect(() => read([tenant, other], { PUBLIC_URL: 'x', CANARY_INTERVAL_SECONDS: '0' })).toThrow(
      /PUBLIC_URL: .*\nCANARY_INTERVAL_SECONDS: /,
    )
  })

  it('never quote a file that holds passwords', () => {
    const broken = `[{"password": "hidden-1"`
    expect(() => read(broken)).toThrow('CANARY_TENANTS_FILE: it is no JSON')
  })
})
