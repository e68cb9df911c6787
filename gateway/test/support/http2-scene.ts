import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { inject } from 'vitest'
import { createAuthority, type Identity } from '../../test-support/certificates.ts'
import { frameClient } from '../../test-support/http2-frames.ts'
import { assign } from './assigned.ts'
import { startGateways, type Replica } from './replicas.ts'
import { eventually, signedIn, stack } from './stack.ts'
import { asScript, type Visitor } from './visitor.ts'
import { startWatchingApp } from './watching-app.ts'

/** As the gateway knows itself; only the certificate and the requests have to say so. */
export const host = 'dash.test'
const slug = 'watching'
const tenant = 'acme-corp'

export interface Answer {
  readonly status: number | undefined
  readonly headers: Record<string, unknown>
  readonly text: string
}

/** What a stream is answered; its text is undefined when it broke off. */
export async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  let headers: Record<string, unknown> = {}
  stream.once('response', (received) => (headers = received))
  const body = await text(stream).catch(() => 'broken off')
  return { status: headers[':status'] as number | undefined, headers, text: body }
}

/** A gateway with TLS of its own on the stack's database, and an app behind it that watches. */
export async function startHttp2Scene() {
  const folder = await mkdtemp(join(tmpdir(), 'dashgate-http2-'))
  const authority = await createAuthority('Scenario CA')
  const files = {
    PUBLIC_CERT_FILE: join(folder, 'cert.pem'),
    PUBLIC_KEY_FILE: join(folder, 'key.pem'),
  }
  async function write({ cert, key }: Identity): Promise<void> {
    await writeFile(files.PUBLIC_KEY_FILE, key, { mode: 0o600 })
    await writeFile(files.PUBLIC_CERT_FILE, cert)
  }
  await write(await authority.issue(host, [host, 'localhost']))
  const app = await startWatchingApp()
  const gateways = await startGateways(1, {
    environment: { ...inject('gatewayEnvironment'), ...files, PUBLIC_URL: `https://${host}` },
    logs: stack.logs,
  })
  const replica = gateways.replicas[0] as Replica
  const port = Number(new URL(replica.url).port)
  const unassign = await assign(slug, app.url, [tenant])
  const sessions: ClientHttp2Session[] = []

  /** One connection of HTTP/2, over which anybody may ask. */
  function open() {
    const session = connect(`https://localhost:${port}`, { ca: authority.ca })
    session.on('error', () => {})
    sessions.push(session)
    return {
      session,
      ask: (path: string, fields: Record<string, string | string[]> = {}): ClientHttp2Stream =>
        session.request(
          { ':path': path, ':authority': host, ...asScript, ...fields },
          { endStream: fields[':method'] !== 'POST' },
        ),
    }
  }

  /** The fields with which a person's requests come from our own page. */
  const as = (one: Visitor) => ({ cookie: one.cookies.header, origin: `https://${host}` })

  async function signedInHere(login: string): Promise<Visitor> {
    const one = await signedIn(login)
    const { session, ask } = open()
    await eventually(
      () => answerOf(ask(`/dashboard/${slug}/_dash-layout`, as(one))),
      ({ status }) => status === 200,
    )
    session.close()
    return one
  }

  return {
    authority,
    app,
    replica,
    port,
    write,
    open,
    as,
    signedIn: signedInHere,
    path: (rest: string) => `/dashboard/${slug}/${rest}`,
    frames: () => frameClient(port),

    async stop(): Promise<void> {
      for (const session of sessions) session.destroy()
      await unassign()
      await gateways.stop()
      await app.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type Http2Scene = Awaited<ReturnType<typeof startHttp2Scene>>
