import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority } from '../test-support/certificates.ts'
import { startAdminScene, type AdminScene, type Shown } from './support/admin-scene.ts'
import { startOwnProvider } from './support/own-provider.ts'
import { eventually, owner, stack } from './support/stack.ts'

const run = promisify(execFile)
let scene: AdminScene
const sql = owner()

beforeAll(async () => {
  scene = await startAdminScene()
}, 120_000)

afterAll(async () => {
  await scene?.stop()
  await sql.end()
})

const provider = () => scene.provider
const ask = (...asked: Parameters<AdminScene['ask']>) => scene.ask(...asked)

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The same claims under a header that asks to be believed. */
async function unsigned(): Promise<string> {
  const [, payload] = (await provider().signed()).split('.')
  return `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`
}
async function withPublicKeyAsSecret(): Promise<string> {
  const [header = '', payload] = (await provider().signed()).split('.')
  const fields = JSON.parse(Buffer.from(header, 'base64url').toString()) as object
  const signed = `${encode({ ...fields, alg: 'HS256' })}.${payload}`
  const secret = await provider().publicKey()
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
const ofAnotherProvider = async () => {
  const other = await startOwnProvider()
  const token = await other.signed({ iss: provider().issuer })
  await other.stop()
  return token
}

const callers: [who: string, show: () => Promise<Shown>, answer: string, known: object][] = [
  ['without a certificate', async () => ({}), '401 certificate_missing', {}],
  [
    'with a certificate of another CA',
    async () => ({ certificate: await (await createAuthority('Other CA')).issue('pipeline') }),
    '403 certificate_untrusted',
    { certificate: { subject: 'CN=pipeline', issuer: 'CN=Other CA', isTrusted: false } },
  ],
  [
    'with an expired certificate',
    async () => ({
      certificate: await scene.authority.issue('pipeline', 'pipeline', { expired: true }),
    }),
    '403 certificate_expired',
    { certificate: { subject: 'CN=pipeline', issuer: 'CN=Scenario CA' } },
  ],
  [
    'with a certificate that is not on the list',
    async () => ({ certificate: await scene.authority.issue('somebody') }),
    '403 certificate_not_listed',
    { certificate: { subject: 'CN=somebody', isTrusted: true } },
  ],
  [
    "with a user's ID token",
    async () => ({ token: (await provider().userTokens('actuary@kyros.test')).id_token }),
    '401 token_wrong_audience',
    {},
  ],
  [
    "with a user's access token",
    async () => ({ token: (await provider().userTokens('actuary@kyros.test')).access_token }),
    '401 token_invalid',
    {},
  ],
  [
    "with a user's token that is for the admin API and has the role",
    async () => ({ token: await provider().signed({ sub: 'person', client_id: 'dashgate' }) }),
    '403 token_not_a_client',
    { client: 'dashgate', subject: 'person' },
  ],
  [
    'with an expired token',
    async () => ({ token: await provider().signed({ iat: 1, exp: 2 }) }),
    '401 token_expired',
    { client: 'dashgate-pipeline' },
  ],
  [
    'with a token for another audience',
    async () => ({ token: await provider().signed({ aud: 'dashgate-internal' }) }),
    '401 token_wrong_audience',
    { client: 'dashgate-pipeline' },
  ],
  [
    'with a token without the role',
    async () => ({ token: await provider().pipelineToken('') }),
    '403 token_role_missing',
    { client: 'dashgate-pipeline' },
  ],
]

const lineOf = async (requestId: string) =>
  (await sql`select action, detail from audit_logs where request_id = ${requestId}`)[0]

describe('an operator', () => {
  it('comes in with the right certificate, or with the right token', async () => {
    expect((await ask('either', { certificate: scene.pipeline })).outcome).toBe('200')
    expect((await ask('either', { token: await provider().pipelineToken() })).outcome).toBe('200')
  })

  it('needs both where both are asked for', async () => {
    const token = await provider().pipelineToken()
    expect((await ask('both', { certificate: scene.pipeline, token })).outcome).toBe('200')
    expect((await ask('both', { certificate: scene.pipeline })).code).toBe('token_missing')
    expect((await ask('both', { token })).code).toBe('certificate_missing')
  })

  it('of the demo comes in with the documented commands, and stands on the line of a change', async () => {
    const page = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8')
    const section = page.split('## Let operators in')[1]?.split('\n## ')[0] ?? ''
    const commands = (/```sh\n(.*?)```/s.exec(section)?.[1] ?? '')
      .replaceAll('http://localhost:8090', stack.issuer)
      .replaceAll('https://127.0.0.1:8443', stack.adminUrl)
      .replaceAll('.dashgate/certificates', dirname(stack.ca))
    const change = `${commands.trim()}/pipelines/metadata --json '{"displayName": "By a pipeline"}'`
    const { adminClientId: CLIENT_ID, adminClientSecret: CLIENT_SECRET } = stack
    const env = { PATH: process.env['PATH'], CLIENT_ID, CLIENT_SECRET }
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', `${commands}\n${change}`], {
      env,
    })
    expect(stdout).toContain('"id":"acme-corp"')
    expect(stdout).toContain('"displayName":"By a pipeline"')
    const [line] = await sql`
      select actor, detail -> 'operator' as operator from audit_logs
      where action = 'tenant.changed' and tenant_id = 'pipelines'`
    expect(line).toEqual({
      actor: 'dashgate-pipeline',
      operator: { via: 'token', client: 'dashgate-pipeline' },
    })
  })
})

describe('M1, V20: refused and recorded is whoever comes', () => {
  it.each(callers)('%s', async (_, show, expected, known) => {
    const shown = await show()
    const { outcome, code, requestId } = await ask('either', shown)
    expect(outcome).toBe(expected)
    const line = await lineOf(requestId)
    expect(line).toMatchObject({
      action: 'admin.refused',
      detail: {
        reason: code,
        address: '127.0.0.1',
        method: 'GET',
        path: '/admin/tenants',
        ...known,
      },
    })
    if (shown.token) expect(JSON.stringify(line)).not.toContain(shown.token.slice(-40))
  })

  it.each([
    ['nobody has signed', unsigned],
    ['was signed with the public key as a secret', withPublicKeyAsSecret],
    ['another provider has signed', ofAnotherProvider],
  ])('with a token that %s', async (_, token) => {
    expect((await ask('either', { token: await token() })).outcome).toBe('401 token_invalid')
  })

  it('whom TLS itself turns away', async () => {
    const tls = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
    await expect(ask('either', { tls })).rejects.toThrow()
    const lines = () => sql`
      select detail from audit_logs where detail ->> 'reason' = 'handshake_failed'`
    const [line] = await eventually(lines, (found) => found.length > 0)
    expect(line?.['detail']).toMatchObject({
      address: '127.0.0.1',
      fault: 'ERR_SSL_UNSUPPORTED_PROTOCOL',
    })
  })

  it('in a flood, with one line for all of it', async () => {
    const flood = Array.from({ length: 100 }, () => ask('limited'))
    const answers = await Promise.all(flood)
    const outcomes = answers.map(({ outcome }) => outcome)
    expect(outcomes.filter((one) => one === '403 certificate_missing')).toHaveLength(60)
    expect(outcomes.filter((one) => one === '429 too_many_requests')).toHaveLength(40)
    const ids = answers.map(({ requestId }) => requestId)
    expect(await sql`select 1 from audit_logs where request_id = any(${ids})`).toHaveLength(1)
  })
})

describe('an operator who asks too often', () => {
  it('is told to wait', async () => {
    const answers = []
    for (let n = 0; n < 6; n += 1) {
      answers.push(await ask('limited', { certificate: scene.pipeline }))
    }
    expect(answers.map(({ outcome }) => outcome)).toEqual([
      ...Array.from({ length: 5 }, () => '200'),
      '429 too_many_requests',
    ])
    expect(Number(answers[5]?.headers['retry-after'])).toBeGreaterThan(0)
  })
})

describe('the provider of the tokens', () => {
  /** Slowly: refusals are limited for each address, and keys are looked for every five seconds. */
  async function comesIn(which: 'either' | 'both', shown: Shown): Promise<string> {
    for (let tries = 0; ; tries += 1) {
      const { outcome } = await ask(which, shown)
      if (outcome === '200' || tries > 40) return outcome
      await setTimeout(500)
    }
  }

  it('X4: may rotate its keys: the new one is found without a restart, the old one is no longer good', async () => {
    const before = await provider().pipelineToken()
    expect((await ask('either', { token: before })).outcome).toBe('200')
    await provider().rotate()
    expect(await comesIn('either', { token: await provider().pipelineToken() })).toBe('200')
    expect((await ask('either', { token: before })).outcome).toBe('401 token_invalid')
  })

  it('may stop: no token is good then, a certificate is, and all is well when it is back', async () => {
    const token = await provider().pipelineToken()
    await scene.gateway('both').stop()
    await scene.gateway('both').start()
    await provider().part.stop()
    const shown = { certificate: scene.pipeline, token }
    const { outcome, headers } = await ask('both', shown)
    expect(outcome).toBe('503 provider_unavailable')
    expect(headers['retry-after']).toBe('5')
    expect((await ask('either', { certificate: scene.pipeline })).outcome).toBe('200')
    await provider().part.start()
    expect(await comesIn('both', shown)).toBe('200')
  })
})
