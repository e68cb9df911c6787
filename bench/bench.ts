import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import { freePorts } from '../dev/ports.ts'
import { type Stack, startStack } from '../dev/stack.ts'
import { asScript, Visitor } from '../gateway/test/support/visitor.ts'
import { answer } from './answer.ts'
import { assignTo } from './assign.ts'
import { pin } from './machine.ts'
import { createStreamingApp } from './apps/streaming.ts'
import { createParts } from './parts.ts'
import { createConstantApp, createNginxProxy } from './peers/nginx.ts'
import { createNodePeer, type NodePeer } from './peers/node-peers.ts'

/** Somebody who answers requests, and whose CPU time is counted. */
export interface Contestant {
  readonly name: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly pid: number
}

export type ContestantName = 'straight' | 'nginx' | 'gateway' | NodePeer

export interface BenchOptions {
  /** Only whether the answers are right: each measurement once, with next to nothing. */
  readonly isShort: boolean
  readonly directory: string
  /** The gateway can be profiled. */
  readonly inspect?: boolean
  /** Says what is being done. */
  readonly say: (line: string) => void
}

const slug = 'constant'
/** What is asked for, of whoever answers. */
export const constantPath = `/dashboard/${slug}/_dash-layout`

const asBrowser = { 'accept-encoding': 'gzip, deflate, br, zstd', ...asScript }

/** No benchmark shall meet a limit; all of them stay at work. */
export const wideLimits = {
  TENANT_REQUESTS_PER_MINUTE: '1000000000',
  USER_REQUESTS_PER_MINUTE: '1000000000',
}

/** What a signed-in person's browser sends. */
export const headersOf = ({ cookies, publicUrl }: Visitor): Contestant['headers'] => ({
  ...asBrowser,
  // So spelt, or wrk adds its own.
  Host: new URL(publicUrl).host,
  cookie: cookies.header,
})

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

/** Everything that measurements share, each part of it started when the first one asks for it. */
export async function createBench({ isShort, directory, say, inspect = false }: BenchOptions) {
  const parts = createParts(directory)
  const { context } = parts
  const ports = [...(await freePorts(20)).dash]
  const port = () => ports.shift() ?? 0
  const inspectorPort = port()
  const contestants = new Map<ContestantName, Promise<Contestant>>()
  let running: Stack | undefined

  const app = once(async () => {
    const at = port()
    const part = createConstantApp({ name: 'constant-app', port: at, directory }, context)
    const { pid = 0 } = await parts.start(part, 'load')
    return { url: `http://127.0.0.1:${at}`, pid }
  })

  const stack = once(async () => {
    say('starting Postgres, storage, the provider and the gateway')
    const datasets = join(directory, 'no-datasets')
    mkdirSync(datasets, { recursive: true })
    const folder = join(directory, 'stack')
    const inspector = { NODE_OPTIONS: `--inspect=127.0.0.1:${inspectorPort}` }
    const gateway = { environment: { ...wideLimits, ...(inspect ? inspector : {}) } }
    running = await startStack({ directory: folder, datasets, dashApps: [], gateway })
    await pin(running.parts.gateway?.pid, 'subject')
    return running
  })

  async function createContestant(name: ContestantName): Promise<Contestant> {
    const { url: upstream, pid } = await app()
    const headers = asBrowser
    if (name === 'straight') return { name, url: upstream + constantPath, headers, pid }
    if (name === 'gateway') return throughGateway(upstream)
    const at = port()
    if (name === 'configurable-http-proxy') port()
    const options = { name: 'nginx', port: at, upstream, directory }
    const part =
      name === 'nginx' ? createNginxProxy(options, context) : createNodePeer(name, options, context)
    await parts.start(part, 'subject')
    return { name, url: `http://127.0.0.1:${at}${constantPath}`, headers, pid: part.pid ?? 0 }
  }

  const visitor = once(async () => {
    const { info } = await stack()
    const one = new Visitor(info.publicUrl)
    await one.signIn('viewer@acme.test')
    return one
  })

  /** A dashboard of an app that sends as much as it is asked for, and holds WebSockets. */
  const streaming = once(async () => {
    const at = port()
    const part = createStreamingApp(at, context)
    await parts.start(part, 'load')
    const { info } = await stack()
    await assignTo(info, 'streaming', `http://127.0.0.1:${at}`, ['acme-corp'])
    const one = await visitor()
    const headers = { ...asScript, host: new URL(info.publicUrl).host, cookie: one.cookies.header }
    return {
      publicUrl: info.publicUrl,
      visitor: one,
      headers,
      path: (rest: string) => `/dashboard/streaming/${rest}`,
    }
  })

  /** Signed in, as somebody whose tenant has the constant app for a dashboard. */
  async function throughGateway(upstream: string): Promise<Contestant> {
    const { info, parts } = await stack()
    await assignTo(info, slug, upstream, ['acme-corp'])
    return {
      name: 'gateway',
      url: info.publicUrl.replace('localhost', '127.0.0.1') + constantPath,
      headers: headersOf(await visitor()),
      pid: parts.gateway?.pid ?? 0,
    }
  }

  return {
    isShort,
    directory,
    say,
    parts,
    port,
    stack,
    app,
    visitor,
    streaming,
    inspectorPort,
    rounds: isShort ? 1 : 5,
    contestant(name: ContestantName): Promise<Contestant> {
      let one = contestants.get(name)
      if (!one) {
        one = createContestant(name)
        contestants.set(name, one)
      }
      return one
    },
    async stop(): Promise<void> {
      await running?.stop()
      await parts.stop()
    },
  }
}

export type Bench = Awaited<ReturnType<typeof createBench>>

/** @throws when the answer is not the app's */
export async function assertAnswers({ name, url, headers }: Contestant): Promise<void> {
  const { statusCode, body } = await request(url, { headers })
  const text = await body.text()
  if (statusCode === 200 && text === answer) return
  throw new Error(`${name} answered ${statusCode}: ${text.slice(0, 300)}`)
}
