import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../dev/paths.ts'
import { freePorts } from '../../dev/ports.ts'
import { createProvider } from '../../dev/provider.ts'
import { startReaper, type Reaper } from '../../dev/reaper.ts'
import { waitUntil } from '../../dev/wait.ts'
import { startPostgres, type PostgresServer } from '../test-support/postgres.ts'
import { documentedCommands, runBlock } from './support/documented-commands.ts'
import { startEchoApp } from './support/echo-app.ts'
import { asFrame, Visitor } from './support/visitor.ts'

const section = 'From nothing to two replicas on one machine'
const clientSecret = randomBytes(32).toString('hex')

/** The machine as a person finds it, without what a test run sets. */
const { NODE_ENV: _env, NODE_OPTIONS: _options, ...machine } = process.env

let folder: string
let server: PostgresServer
let app: Awaited<ReturnType<typeof startEchoApp>>
let reaper: Reaper
let provider: ReturnType<typeof createProvider>
let port: number
let issuer: string

/** What the reader has already: a database server, a provider with a client, and an app. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dashgate-newcomer-'))
  // One after the other, as the page wants them: the balancer's, and four of each gateway.
  port = (await freePorts(2)).public
  server = await startPostgres()
  app = await startEchoApp()
  const { provider: providerPort } = await freePorts(0)
  issuer = `http://localhost:${providerPort}`
  reaper = startReaper()
  const directory = join(folder, 'provider')
  provider = createProvider(
    {
      issuer,
      port: providerPort,
      directory,
      usersFile: join(directory, 'users.json'),
      gatewayUrl: `http://localhost:${port}`,
      clientId: 'dashgate',
      clientSecret,
      pipelineSecret: randomBytes(32).toString('hex'),
      cookieKey: randomBytes(32).toString('base64url'),
      accessTokenSeconds: 3_600,
    },
    {
      logDirectory: directory,
      reaper,
      signal: new AbortController().signal,
      onCrash: () => {},
    },
  )
  await provider.start()
}, 180_000)

afterAll(async () => {
  for (const name of ['one', 'two', 'balancer']) await end(join(folder, 'dashgate', `${name}.pid`))
  await provider?.stop()
  await reaper?.close()
  await app?.stop()
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function end(pidFile: string): Promise<void> {
  if (!existsSync(pidFile)) return
  const pid = Number(await readFile(pidFile, 'utf8'))
  const isGone = () => !existsSync(`/proc/${pid}`)
  if (isGone()) return
  process.kill(pid, 'SIGTERM')
  if (!(await waitUntil(isGone, { withinMs: 60_000 }))) process.kill(pid, 'SIGKILL')
}

const valuesOf = (code: string) => [...code.matchAll(/^export (\w+)=/gm)].map(([, name]) => name)

describe('whoever follows docs/operations.md from an empty folder', () => {
  it('has two replicas behind a balancer, with the commands of the page and nothing else', async () => {
    const [toFillIn = '', ...commands] = documentedCommands(section)
    const own = {
      REPOSITORY: root,
      PORT: String(port),
      OWNER_URL: server.url('').replace(/\/$/, ''),
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: 'dashgate',
      OIDC_CLIENT_SECRET: clientSecret,
      INSECURE_HTTP_ISSUER: 'true',
      TENANT: 'acme-corp',
      APP_URL: app.url,
    }
    expect(valuesOf(toFillIn), 'what the page tells to fill in').toEqual(Object.keys(own))

    // One terminal for all of them.
    await runBlock(commands.join('\n'), {
      cwd: folder,
      // With Node 24 first, as the page asks for.
      env: {
        ...machine,
        ...own,
        PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      },
    })

    const publicUrl = `http://localhost:${port}`
    for (const via of [undefined, `http://127.0.0.1:${port + 1}`, `http://127.0.0.1:${port + 5}`]) {
      const viewer = new Visitor(publicUrl)
      viewer.via = via
      const home = await viewer.signIn('viewer@acme.test')
      expect(home.text).toContain('Our first customer')
      expect((await viewer.ask('/dashboard/first/', { headers: asFrame })).status).toBe(200)
    }
    // Signed in at one, at work at the other.
    const roving = new Visitor(publicUrl)
    roving.via = `http://127.0.0.1:${port + 1}`
    await roving.signIn('viewer@acme.test')
    roving.via = `http://127.0.0.1:${port + 5}`
    expect((await roving.script('/session')).status).toBe(200)
  })
})
