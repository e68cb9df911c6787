import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

import { dashboards } from './demo.ts'
import { root } from './paths.ts'

interface Service {
  image: string
  build?: { dockerfile: string; target?: string; args?: { APP: string } }
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  user?: string
  ports?: string[]
  networks?: string[]
  network_mode?: string
  depends_on?: Record<string, unknown>
  environment?: Record<string, string>
}

interface Compose {
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean }>
}

const text = readFileSync(join(root, 'compose.yaml'), 'utf8')
const compose = parse(text, { merge: true }) as Compose
const services = Object.entries(compose.services)

describe('compose.yaml', () => {
  it('runs each Dash app of the demo, and none but those', () => {
    const apps = services.flatMap(([name, { networks, ports }]) =>
      networks?.join() === 'apps' ? [{ name, ports }] : [],
    )
    expect(apps).toEqual(dashboards.map(({ slug }) => ({ name: slug, ports: undefined })))
    for (const { slug } of dashboards) {
      expect(compose.services[slug]?.build?.args).toEqual({ APP: slug })
    }
  })

  it.each(services)('gives %s no more than it needs', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
  })

  it.each(services)('pins the image of %s', (_, { image }) => {
    expect(image).toMatch(/:\d+\.\d+/)
  })

  it('shows nothing beyond this machine', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? [])
    expect(ports).toEqual(['127.0.0.1:8080:8080', '127.0.0.1:8090:8090'])
  })

  it('keeps apps and stores in networks without a way out', () => {
    expect(compose.networks).toMatchObject({ apps: { internal: true }, data: { internal: true } })
  })

  it('gives the owner of the tables to the jobs only', () => {
    const holders = services.filter(([, service]) =>
      JSON.stringify(service.environment ?? {}).includes('dashgate_owner'),
    )
    expect(holders.map(([name]) => name)).toEqual(['migrate', 'postgres', 'demo'])
  })

  it('names only services and files that exist', () => {
    for (const [, { depends_on: needs = {}, build }] of services) {
      for (const name of Object.keys(needs)) expect(compose.services).toHaveProperty(name)
      if (build) expect(existsSync(join(root, build.dockerfile))).toBe(true)
    }
  })

  it('asks for every secret instead of having one', () => {
    const secrets = text.match(/\$\{[^}]+\}/g) ?? []
    expect(secrets.length).toBeGreaterThan(0)
    for (const secret of secrets) expect(secret).toContain(':?run deploy/make-env.sh first')
    const made = readFileSync(join(root, 'deploy', 'make-env.sh'), 'utf8')
    for (const secret of secrets)
      expect(made).toContain(`${/\w+/.exec(secret)?.[0]}=$(openssl rand`)
  })
})

describe('the Dockerfiles', () => {
  it.each(['gateway', 'dash-app'])(
    'run the %s as an ordinary user and copy what exists',
    (name) => {
      const lines = readFileSync(join(root, 'deploy', `${name}.Dockerfile`), 'utf8').split('\n')
      const stages = lines.flatMap((line) => /^FROM \S+ AS (\S+)/.exec(line)?.[1] ?? [])
      const images = lines.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? [])
      for (const image of images.filter((one) => !stages.includes(one))) {
        expect(image).toMatch(/:\d+\.\d+/)
      }
      expect(lines.some((line) => /^USER (?!root)/.test(line))).toBe(true)
      const sources = lines.flatMap(
        (line) => /^COPY (?!--from)(.+) \S+$/.exec(line)?.[1]?.split(' ') ?? [],
      )
      for (const source of sources.filter((path) => !path.includes('$'))) {
        expect(existsSync(join(root, source))).toBe(true)
      }
    },
  )
})
