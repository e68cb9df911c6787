import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobServiceClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCanary, type Canary } from '../src/canary/canary.ts'
import type { Round } from '../src/canary/round.ts'
import type { CanarySettings, CanaryTenant } from '../src/canary/settings.ts'
import { startLeakingApp, type Leak } from './support/leaking-app.ts'
import { eventually, operate, signedIn, stack } from './support/stack.ts'

const ownSlug = 'isolation-canary'
const leaky = 'leaking-app'
const port = { host: '127.0.0.1', port: 0 }
const tenants: [CanaryTenant, CanaryTenant] = [
  { id: 'acme-corp', mark: 'kestrel-7c1f', login: 'viewer@acme.test', password: 'demo' },
  { id: 'globex', mark: 'plover-93ab', login: 'viewer@globex.test', password: 'demo' },
]

let app: Awaited<ReturnType<typeof startLeakingApp>>
let canary: Canary
let directory: string

const settings = (own: Partial<CanarySettings> = {}): CanarySettings => ({
  PUBLIC_URL: stack.publicUrl,
  DASHGATE_INTERNAL_URL: stack.internalUrl,
  CANARY_REPORT_DIR: directory,
  CANARY_LISTEN: port,
  CANARY_APP_LISTEN: port,
  CANARY_APP_SLUG: ownSlug,
  CANARY_INTERVAL_SECONDS: 300,
  CANARY_SIGN_IN_COMMAND: undefined,
  tenants,
  ...own,
})

async function giveDashboard(slug: string, appUrl: string) {
  await operate('PUT', `/admin/dashboards/${slug}`, { title: slug, appUrl })
  for (const { id } of tenants) {
    await operate('POST', `/admin/tenants/${id}/dashboards`, { slug, position: 80 })
  }
}

const metricsOf = async (one: Canary) => (await fetch(`${one.metricsUrl}/metrics`)).text()
const crossingsOf = (round: Round) => round.results.flatMap(({ crossings }) => crossings)
const places = (round: Round) => [
  ...new Set(crossingsOf(round).map(({ dashboard, surface }) => `${dashboard} ${surface}`)),
]

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dashgate-canary-'))
  app = await startLeakingApp()
  canary = await createCanary(settings())
  await giveDashboard(leaky, app.url)
  await giveDashboard(ownSlug, canary.appUrl)
  const container = BlobServiceClient.fromConnectionString(
    stack.blobConnectionString,
  ).getContainerClient('processed')
  for (const { id, mark } of tenants) {
    await container
      .getBlockBlobClient(`${id}/isolation-canary.parquet`)
      .upload(`PAR1 ${mark}`, mark.length + 5)
  }
  // Every replica knows of the new dashboards.
  const viewer = await signedIn('viewer@globex.test')
  await eventually(
    () => viewer.script(`/dashboard/${ownSlug}/_dash-layout`),
    ({ status }) => status === 200,
  )
})

afterAll(async () => {
  await canary?.stop()
  await app?.stop()
  for (const { id } of tenants) {
    for (const slug of [leaky, ownSlug])
      await operate('DELETE', `/admin/tenants/${id}/dashboards/${slug}`)
  }
  await rm(directory, { recursive: true, force: true })
})

describe('T1: the isolation canary', () => {
  it('asks every dashboard of both tenants, and finds nothing where nothing leaks', async () => {
    const round = await canary.round()
    expect(crossingsOf(round)).toEqual([])
    expect(round.dashboards.get('globex')).toEqual(
      expect.arrayContaining(['loss-development', 'claims-monitor', leaky, ownSlug]),
    )
    const asked = round.results.filter(
      ({ tenantId, dashboard }) => tenantId === 'acme-corp' && dashboard === 'loss-development',
    )
    expect(asked.map(({ surface }) => surface).toSorted()).toEqual([
      'callback',
      'dependencies',
      'layout',
      'page',
      'preferences',
      'shell',
    ])
    expect(asked.map(({ failed }) => failed)).toEqual(asked.map(() => 0))
  })

  it('sees the own mark by the data API, without which the rest would prove nothing', async () => {
    const round = await canary.round()
    for (const { id } of tenants) {
      const own = (wanted: string) =>
        round.results.find(
          ({ tenantId, dashboard, surface }) =>
            tenantId === id && dashboard === ownSlug && surface === wanted,
        )?.own
      expect(own('data_api'), id).toBeGreaterThan(0)
      expect(own('preferences'), id).toBeGreaterThan(0)
    }
  })

  it.each<[Leak, string[]]>([
    ['kept layout', [`${leaky} layout`]],
    ['kept callback', [`${leaky} callback`]],
  ])('finds an app that leaks: %s', async (leak, expected) => {
    app.setLeak(leak)
    const round = await canary.round()
    app.setLeak('none')
    expect(places(round).filter((place) => !place.endsWith(' page'))).toEqual(expected)
    expect(await metricsOf(canary)).toMatch(
      /^dashgate_canary_crossings\{[^}]*dashboard="leaking-app"[^}]*\} [1-9]/m,
    )
    await canary.round()
    expect(await metricsOf(canary)).not.toMatch(/^dashgate_canary_crossings\{[^}]*\} [1-9]/m)
  })

  it('writes what it found, when and where, into the report of each tenant', async () => {
    app.setLeak('kept layout')
    const [crossing] = crossingsOf(await canary.round())
    app.setLeak('none')
    for (const { id } of tenants) {
      const json = JSON.parse(await readFile(join(directory, `${id}.json`), 'utf8')) as {
        dashboards: { dashboard: string; lastAskedAt: string; crossings: number }[]
      }
      const about = json.dashboards.find(({ dashboard }) => dashboard === leaky)
      expect(about?.crossings).toBeGreaterThan(0)
      const text = await readFile(join(directory, `${id}.md`), 'utf8')
      expect(text).toContain(`request ${crossing?.requestId}`)
    }
  })

  it('signs in again when its session was ended', async () => {
    await operate('POST', '/admin/sessions/revoke', { tenantId: 'globex' })
    expect(crossingsOf(await canary.round())).toEqual([])
  })

  it('says that it could ask nothing, rather than that it found nothing', async () => {
    const wrong = tenants.map((tenant) => ({ ...tenant, password: 'wrong' }))
    const locked = await createCanary(settings({ tenants: wrong as typeof tenants }))
    await expect(locked.round()).rejects.toThrow('password')
    expect(await metricsOf(locked)).toContain('dashgate_canary_failed_rounds_total 1')
    await locked.stop()
  })

  it('does not take staff for a tenant, who may see both', async () => {
    const [acme, globex] = tenants
    const staff: typeof tenants = [acme, { ...globex, login: 'actuary@kyros.test' }]
    const mistaken = await createCanary(settings({ tenants: staff }))
    await expect(mistaken.round()).rejects.toThrow('not a viewer of globex')
    await mistaken.stop()
  })
})
