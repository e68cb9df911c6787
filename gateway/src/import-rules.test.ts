import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const source = fileURLToPath(new URL('.', import.meta.url))

interface Import {
  readonly from: string
  /** Path below `src/`, or the name of a package. */
  readonly what: string
  readonly typesOnly: boolean
}

const importForm = /^(?:import|export)\s+(type\s)?[^'"]*?from '([^']+)'|^import '([^']+)'/gms

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8')
  return [...text.matchAll(importForm)].map(([, type, named, bare]) => {
    const target = named ?? bare ?? ''
    return {
      from: file,
      what: target.startsWith('.') ? relative(source, join(source, dirname(file), target)) : target,
      typesOnly: type !== undefined,
    }
  })
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
)
const imports = files.flatMap(importsOf)
const folderOf = (path: string) => (path.includes('/') ? (path.split('/')[0] ?? '') : '')

/** What breaks a rule, as `file → import`. */
const breaches = (isBreach: (one: Import) => boolean) =>
  imports.filter(isBreach).map(({ from, what }) => `${from} → ${what}`)

/** Only these may import a package or do a thing; everything else gets it passed in. */
const owners: readonly [what: RegExp, owners: RegExp][] = [
  [/^openid-client$/, /^oidc\//],
  [/^jose$/, /^(oidc\/|keys\/|admin\/(access-token|provider-keys)\.ts$)/],
  [/^rate-limiter-flexible$/, /^limits\/per-minute\.ts$/],
  [/^iron-session$/, /^(session|oidc)\//],
  [/^http-proxy-middleware$/, /^proxy\//],
  [/^undici$/, /^(proxy|canary)\//],
  [/^parse5-html-rewriting-stream$/, /^proxy\//],
  [/^@azure\//, /^(data|keys)\//],
  [/^postgres$/, /^db\//],
  [/^zod-openapi$/, /^admin\//],
  [/^csv-stringify\/sync$/, /^(admin|usage)\//],
  [/^@dashgate\/web\//, /^shell\//],
  [/^winston$/, /^observability\//],
  [/^prom-client$/, /^(observability|canary)\//],
  // Only there are schemas and patterns of others bounded.
  [/^(ajv\/.*|re2js)$/, /^tenant\//],
]

describe('imports', () => {
  it('are found at all', () => {
    expect(imports.length).toBeGreaterThan(200)
  })

  it.each(owners)('of %s stay with their owner', (what, owner) => {
    expect(breaches((one) => what.test(one.what) && !owner.test(one.from))).toEqual([])
  })

  it('of the database schema stay with the stores', () => {
    const stores = /^(db\/|admin\/|audit\/|keys\/|[\w-]+\/[\w-]+-store\.ts)/
    expect(breaches(({ what, from }) => what === 'db/schema.ts' && !stores.test(from))).toEqual([])
  })

  it('of the edge go to no stage: it does not know who asks', () => {
    const stages = [
      'oidc',
      'session',
      'tenant',
      'access',
      'proxy',
      'data',
      'preferences',
      'admin',
      'shell',
      'keys',
      'db',
      'audit',
    ]
    expect(
      breaches(({ from, what }) => folderOf(from) === 'edge' && stages.includes(folderOf(what))),
    ).toEqual([])
  })

  it('between stages go forwards, and backwards for types only', () => {
    const order = ['session', 'tenant', 'access', 'proxy']
    const position = (path: string) => order.indexOf(folderOf(path))
    const isBackwards = ({ from, what }: Import) =>
      position(from) >= 0 && position(what) >= 0 && position(what) > position(from)
    expect(breaches(isBackwards)).toEqual([])
  })

  it('never reach into the relying party', () => {
    const allowed = /^(oidc\/|compose-public\.ts$)/
    expect(breaches(({ from, what }) => folderOf(what) === 'oidc' && !allowed.test(from))).toEqual(
      [],
    )
  })

  it('of the canary are its own: it stands outside, and shares no fault with what it watches', () => {
    const allowed = /^(canary\/|config\/fields\.ts$|node:|undici$|prom-client$|zod$)/
    expect(
      breaches(({ from, what }) => folderOf(from) === 'canary' && !allowed.test(what)),
    ).toEqual([])
    expect(
      breaches(({ from, what }) => folderOf(from) !== 'canary' && folderOf(what) === 'canary'),
    ).toEqual([])
  })

  it('leave the process to the entry points', () => {
    const entries = [
      'main.ts',
      'config-check.ts',
      'config-reference.ts',
      'metrics-reference.ts',
      'db/migrate.ts',
      'audit/verify.ts',
      'canary/main.ts',
    ]
    const users = files.filter(
      (file) =>
        !entries.includes(file) &&
        /\bprocess\.(env|exit|argv|on)\b/.test(readFileSync(join(source, file), 'utf8')),
    )
    expect(users).toEqual([])
  })

  it('make a Hono only where a listener or a group of its routes is described', () => {
    const places =
      /^((public|internal|admin|ops)-app\.ts|oidc\/sign-(in|out)\.ts|admin\/[\w-]+-routes\.ts|data\/dataset-routes\.ts|preferences\/(preferences|views)-routes\.ts)$/
    const makers = files.filter((file) =>
      /new Hono\b/.test(readFileSync(join(source, file), 'utf8')),
    )
    expect(makers.filter((file) => !places.test(file))).toEqual([])
  })
})
