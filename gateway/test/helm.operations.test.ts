import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { root } from '../../dev/paths.ts'
import { sections, parseConfig } from '../src/config.ts'
import { processes } from '../src/config/processes.ts'
import { kubernetesSchemas, lint, render, type Manifest } from '../test-support/helm.ts'

const azure = `--values=${join(root, 'deploy', 'helm', 'azure.yaml')}`
/** The oldest release that the chart is for, and the newest. */
const releases = ['1.30.0', '1.37.0']
/** Of operators, not of Kubernetes itself, whose schemas have nothing on them. */
const ofOperators = ['SecretProviderClass', 'ServiceMonitor']

let plain: Manifest[]
let onAzure: Manifest[]

beforeAll(async () => {
  plain = await render()
  onAzure = await render(azure)
  // Where Helm has to be built first.
}, 900_000)

const find = (all: readonly Manifest[], kind: string, name: string): Manifest => {
  const found = all.find((one) => one.kind === kind && one.metadata.name === `acme-${name}`)
  if (!found) throw new Error(`There is no ${kind} acme-${name}`)
  return found
}

const containerOf = (manifest: Manifest) => manifest['spec'].template.spec.containers[0]
const workloads = (all: readonly Manifest[]) =>
  all.filter(({ kind }) => ['Deployment', 'Job'].includes(kind))

/** Where each object breaks the schema that Kubernetes publishes for it. */
async function faults(all: readonly Manifest[], release: string): Promise<string[]> {
  const folder = await kubernetesSchemas(release)
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
  const read = (name: string) => {
    const { $id: _, ...schema } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      $id?: string
    }
    return schema
  }
  // Where all others look for it.
  ajv.addSchema(read('_definitions.json'), '/api/_definitions.json')
  const schemaOf = new Map<string, ValidateFunction>()
  return all
    .filter(({ kind }) => !ofOperators.includes(kind))
    .flatMap((manifest) => {
      const [group, version] = manifest.apiVersion.includes('/')
        ? manifest.apiVersion.split('/')
        : ['', manifest.apiVersion]
      const place = [manifest.kind.toLowerCase(), group?.split('.')[0], version].filter(Boolean)
      const file = `${place.join('-')}.json`
      const validate = schemaOf.get(file) ?? ajv.compile(read(file))
      schemaOf.set(file, validate)
      validate(manifest)
      return (validate.errors ?? []).map(
        ({ instancePath, message }) =>
          `${manifest.kind} ${manifest.metadata.name}${instancePath} ${message}`,
      )
    })
}

describe('the Helm chart', () => {
  it.each([[], [azure]])('has no fault that Helm finds (%s)', async (...options) => {
    expect(await lint(...options)).toContain('0 chart(s) failed')
  })

  it.each(releases)(
    'makes what Kubernetes %s takes, with its own values and for Azure',
    async (release) => {
      expect(await faults(plain, release)).toEqual([])
      expect(await faults(onAzure, release)).toEqual([])
      expect(onAzure.length).toBeGreaterThan(plain.length)
    },
  )

  it('has a schema looked at that knows what is wrong', async () => {
    const wrong = structuredClone(plain)
    find(wrong, 'Deployment', 'gateway')['spec'].replicaz = 3
    expect(await faults(wrong, '1.37.0')).toHaveLength(1)
  })

  it('sets only what the gateway knows, and with its secrets all that it needs', () => {
    const known = sections.flatMap(({ shape }) => Object.keys(shape))
    const secrets = {
      DATABASE_URL: 'postgres://dashgate_gateway:x@db.example/dashgate?sslmode=verify-full',
      OIDC_CLIENT_SECRET: 'a-long-enough-secret',
    }
    const masterKey = randomBytes(32).toString('base64')
    for (const [all, more] of [
      [plain, { MASTER_KEY: masterKey }],
      [onAzure, {}],
    ] as const) {
      const settings = find(all, 'ConfigMap', 'gateway')['data'] as Record<string, string>
      expect(Object.keys(settings).filter((name) => !known.includes(name))).toEqual([])
      expect(() => parseConfig({ ...settings, ...secrets, ...more })).not.toThrow()
    }
    const vault = find(onAzure, 'SecretProviderClass', 'gateway')['spec']
    const made = vault.secretObjects[0].data.map(({ key }: { key: string }) => key)
    expect(made.filter((name: string) => !known.includes(name))).toEqual([])
  })

  it('runs everything without rights: no root, no writing, no capability, no token of the cluster', () => {
    for (const workload of [...workloads(plain), ...workloads(onAzure)]) {
      const pod = workload['spec'].template.spec
      expect(pod, workload.metadata.name).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      })
      expect(containerOf(workload)).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: expect.any(String), memory: expect.any(String) } },
      })
    }
  })

  it('keeps gateways spread, enough of them there, and probed where only probes come', () => {
    const gateway = find(plain, 'Deployment', 'gateway')
    const spread = gateway['spec'].template.spec.topologySpreadConstraints
    expect(spread.map(({ topologyKey }: { topologyKey: string }) => topologyKey)).toEqual([
      'topology.kubernetes.io/zone',
      'kubernetes.io/hostname',
    ])
    expect(gateway['spec'].strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 })
    expect(containerOf(gateway)).toMatchObject({
      readinessProbe: { httpGet: { path: '/readyz', port: 'ops' } },
      livenessProbe: { httpGet: { path: '/livez', port: 'ops' } },
    })
    expect(find(plain, 'PodDisruptionBudget', 'gateway')['spec'].maxUnavailable).toBe(1)
    const scaler = find(plain, 'HorizontalPodAutoscaler', 'gateway')['spec']
    expect(scaler.minReplicas).toBeGreaterThan(1)
    // Or every upgrade would set the number back.
    expect(gateway['spec'].replicas).toBeUndefined()
  })

  it('lets a gateway end by itself: Kubernetes kills it later than it takes at most', () => {
    // The process exits at most five seconds after its grace (`SHUTDOWN_GRACE_SECONDS`).
    const exitSeconds = 5
    for (const all of [plain, onAzure]) {
      const settings = find(all, 'ConfigMap', 'gateway')['data'] as Record<string, string>
      const { SHUTDOWN_DELAY_SECONDS, SHUTDOWN_GRACE_SECONDS } = z
        .object(processes.shape)
        .parse(settings)
      const { terminationGracePeriodSeconds } = find(all, 'Deployment', 'gateway')['spec'].template
        .spec
      expect(terminationGracePeriodSeconds).toBeGreaterThan(
        SHUTDOWN_DELAY_SECONDS + SHUTDOWN_GRACE_SECONDS + exitSeconds,
      )
    }
  })

  it('lets each listener be reached by those that it is for, and apps by the gateway only', () => {
    const gateway = find(onAzure, 'NetworkPolicy', 'gateway')['spec']
    const callers = Object.fromEntries(
      gateway.ingress.map(({ from, ports }: { from: object[]; ports: { port: number }[] }) => [
        ports[0]?.port,
        JSON.stringify(from),
      ]),
    ) as Record<string, string>
    expect(Object.keys(callers)).toEqual(['8080', '8081', '8443', '9464'])
    expect(callers['8080']).toContain('app-routing-system')
    expect(callers['8081']).toContain('dash-app')
    expect(callers['8443']).toContain('pipelines')
    expect(callers['9464']).toContain('monitoring')

    const apps = find(onAzure, 'NetworkPolicy', 'apps')['spec']
    expect(apps.policyTypes).toEqual(['Ingress', 'Egress'])
    expect(apps.ingress).toHaveLength(1)
    expect(apps.ingress[0]).toMatchObject({
      from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/component': 'gateway' } } }],
      ports: [{ port: 8050 }],
    })
    const ports = apps.egress.flatMap((one: { ports: { port: number }[] }) => one.ports)
    expect(ports.map(({ port }: { port: number }) => port)).toEqual([53, 53, 8081])
  })

  it('sends browsers to the public listener and nowhere else', () => {
    const ingress = onAzure.filter(({ kind }) => kind === 'Ingress')
    expect(ingress).toHaveLength(1)
    expect(ingress[0]?.['spec']).toMatchObject({
      tls: [{ hosts: ['dashboards.contoso.example'] }],
      rules: [{ host: 'dashboards.contoso.example' }],
    })
    const backends = ingress[0]?.['spec'].rules[0].http.paths.map(
      ({ backend }: { backend: { service: { name: string } } }) => backend.service.name,
    )
    expect(backends).toEqual(['acme-public'])
  })

  it('migrates before it replaces gateways, with secrets that these never see', () => {
    const job = find(onAzure, 'Job', 'migrate')
    expect(job.metadata.annotations?.['helm.sh/hook']).toBe('pre-install,pre-upgrade')
    expect(containerOf(job).envFrom).toEqual([{ secretRef: { name: 'dashgate-migrations' } }])
    expect(containerOf(job).image).toBe(containerOf(find(onAzure, 'Deployment', 'gateway')).image)
    expect(JSON.stringify(find(onAzure, 'Deployment', 'gateway'))).not.toContain('migrations')
    expect(JSON.stringify(find(onAzure, 'SecretProviderClass', 'gateway'))).not.toMatch(/MIGRATION/)
  })

  it('runs the apps of the list under their paths, and tells them where the data API is', () => {
    const app = find(onAzure, 'Deployment', 'app-loss-development')
    expect(containerOf(app).env).toEqual([
      { name: 'DASH_URL_BASE_PATHNAME', value: '/dashboard/loss-development/' },
      { name: 'DASHGATE_INTERNAL_URL', value: 'http://acme-internal:8081' },
      { name: 'DASHGATE_ISSUER', value: 'https://dashboards.contoso.example' },
    ])
    expect(app['spec'].replicas).toBe(3)
    expect(plain.some(({ metadata }) => metadata.name.includes('-app-'))).toBe(false)
    expect(find(onAzure, 'Service', 'internal')['spec'].ports[0].port).toBe(8081)
  })

  it('holds no secret itself', () => {
    expect([...plain, ...onAzure].filter(({ kind }) => kind === 'Secret')).toEqual([])
  })
})
