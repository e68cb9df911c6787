import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { blobConnectionString, createAzurite, uploadDatasets } from './azurite.ts'
import { type CertificateFiles, ensureCertificates } from './certificates.ts'
import { claimDirectory } from './claim.ts'
import { createDashApp } from './dash-apps.ts'
import { dashboards } from './demo.ts'
import { clientId, gatewayEnvironment } from './gateway-environment.ts'
import { createGateway } from './gateway.ts'
import type { Part, PartContext } from './part.ts'
import { demoDirectory, root } from './paths.ts'
import { assertPortsFree, freePorts, type Ports } from './ports.ts'
import { appUrl, createPostgres, ownerUrl } from './postgres.ts'
import { writePrivateJson } from './private-file.ts'
import { createProvider } from './provider.ts'
import { adminAudience, pipelineClientId } from './provider/pipeline.ts'
import { type Reaper, startReaper } from './reaper.ts'
import { run } from './run.ts'
import { loadSecrets, type Secrets } from './secrets.ts'
import { seedDatabase } from './seed.ts'
import { StackError } from './stack-error.ts'
import type { StackInfo } from './stack-info.ts'
import { uploadAccess } from './upload-access.ts'
import { waitUntil } from './wait.ts'

export interface StackOptions {
  /** Where the stack keeps everything; one stack for each directory. */
  directory: string
  /** Free ones when left out. */
  ports?: Ports
  /** Whether browsers come over TLS, and so HTTP/2, with a certificate of the demo's CA. Off by default. */
  isHttps?: boolean
  /** False leaves the gateway out; `environment` changes its settings. Default: started. */
  gateway?: boolean | { environment: Record<string, string> }
  /** Which Dash apps run; all by default. */
  dashApps?: readonly string[]
  /** Lifetime of the provider's access tokens; one hour by default. */
  accessTokenSeconds?: number
  /** Data survive a power cut, for a slower start. Off by default. */
  isDurable?: boolean
  /** Parquet files as `<tenant>/<dataset>.parquet`; those of the set-up by default. */
  datasets?: string
  /** Ends the start before it is finished. */
  signal?: AbortSignal
  /** One line for each part that is ready. */
  log?: (line: string) => void
  /** Called once when a part ends by itself; the parts beside it still run. */
  onCrash?: (fault: StackError) => void
}

export interface StackParts {
  postgres: Part
  azurite: Part
  provider: Part
  /** By slug. */
  dashApps: ReadonlyMap<string, Part>
  gateway: Part | undefined
}

export interface Stack {
  info: StackInfo
  parts: StackParts
  /** Settings of a gateway that fits in, for tests that start one of their own. */
  gatewayEnvironment: Record<string, string>
  /** Starts a part that watches the others from outside; it ends with the stack, before them. */
  add(create: (context: PartContext) => Part): Promise<Part>
  stop(): Promise<void>
}

/** Starts the demo stack and resolves when every part of it is ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const claim = claimDirectory(options.directory)
  const reaper = startReaper()
  const ending = new AbortController()
  const context = createContext(options, reaper, ending.signal)
  let parts: StackParts | undefined
  const watching: Part[] = []
  const add = async (create: (context: PartContext) => Part) => {
    const part = create(context)
    watching.push(part)
    await part.start()
    options.log?.(`${part.name} ready`)
    return part
  }
  const stop = async () => {
    ending.abort(new StackError('The stack is being stopped'))
    await Promise.all(watching.map((part) => part.stop()))
    if (parts) await stopInOrder(parts)
    await reaper.close()
    rmSync(join(options.directory, 'stack.json'), { force: true })
    claim.release()
  }
  try {
    const ports = options.ports ?? (await freePorts(dashboards.length))
    await assertPortsBecomeFree(ports, claim.isAfterCrash)
    const plan = await makePlan(options, ports)
    parts = await createParts(options, plan, context)
    await orAborted(startInOrder(options, parts, plan), options.signal)
    writePrivateJson(join(options.directory, 'stack.json'), plan.info)
    const { info, gatewayEnvironment: environment } = plan
    return { info, parts, gatewayEnvironment: environment, add, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function createContext(options: StackOptions, reaper: Reaper, signal: AbortSignal): PartContext {
  let isTold = false
  return {
    signal,
    logDirectory: join(options.directory, 'logs'),
    reaper,
    onCrash: (fault) => {
      if (!isTold) options.onCrash?.(fault)
      isTold = true
    },
  }
}

/** After a crash the parts of the stack before are about to end: give them that time. */
async function assertPortsBecomeFree(ports: Ports, isAfterCrash: boolean): Promise<void> {
  const areFree = () =>
    assertPortsFree(ports).then(
      () => true,
      () => false,
    )
  if (isAfterCrash) await waitUntil(areFree, { withinMs: 8_000, everyMs: 200 })
  await assertPortsFree(ports)
}

interface Plan {
  ports: Ports
  secrets: Secrets
  certificates: CertificateFiles
  info: StackInfo
  gatewayEnvironment: Record<string, string>
}

async function makePlan({ directory, isHttps = false }: StackOptions, ports: Ports): Promise<Plan> {
  const secrets = await loadSecrets(directory)
  const certificates = await ensureCertificates(directory)
  const storage = blobConnectionString({
    port: ports.azurite,
    accountKey: secrets.blobAccountKey,
  })
  const info: StackInfo = {
    publicUrl: `${isHttps ? 'https' : 'http'}://localhost:${ports.public}`,
    internalUrl: `http://127.0.0.1:${ports.internal}`,
    adminUrl: `https://127.0.0.1:${ports.admin}`,
    opsUrl: `http://127.0.0.1:${ports.ops}`,
    issuer: `http://localhost:${ports.provider}`,
    databaseUrl: ownerUrl({ port: ports.postgres, ...secrets }),
    appDatabaseUrl: appUrl({ port: ports.postgres, ...secrets }),
    blobConnectionString: storage,
    ...(await uploadAccess(storage)),
    ca: certificates.ca,
    clientCert: certificates.clientCert,
    clientKey: certificates.clientKey,
    adminClientId: pipelineClientId,
    adminClientSecret: secrets.pipelineSecret,
    adminAudience,
    dashApps: dashboards.map(({ slug }, index) => ({
      slug,
      url: `http://127.0.0.1:${ports.dash[index]}`,
    })),
    users: join(directory, 'users.json'),
    logs: join(directory, 'logs'),
  }
  const environment = gatewayEnvironment(info, secrets, certificates, directory)
  return { ports, secrets, certificates, info, gatewayEnvironment: environment }
}

async function createParts(
  options: StackOptions,
  { ports, secrets, info, gatewayEnvironment: environment }: Plan,
  context: PartContext,
): Promise<StackParts> {
  const { directory } = options
  const wanted = options.dashApps ?? dashboards.map(({ slug }) => slug)
  const apps = dashboards.flatMap((dashboard, index) => {
    const port = ports.dash[index]
    if (!port || !wanted.includes(dashboard.slug)) return []
    mkdirSync(join(directory, 'cache', dashboard.slug), { recursive: true, mode: 0o700 })
    const { internalUrl, publicUrl } = info
    const app = createDashApp({ directory, dashboard, port, internalUrl, publicUrl }, context)
    return [[dashboard.slug, app] as const]
  })
  const gateway = options.gateway ?? true
  const overrides = typeof gateway === 'object' ? gateway.environment : {}
  return {
    postgres: await createPostgres(
      {
        directory,
        port: ports.postgres,
        ownerPassword: secrets.ownerPassword,
        isDurable: options.isDurable ?? false,
      },
      context,
    ),
    azurite: createAzurite(
      { directory, port: ports.azurite, accountKey: secrets.blobAccountKey },
      context,
    ),
    provider: createProvider(
      {
        issuer: info.issuer,
        port: ports.provider,
        directory,
        usersFile: info.users,
        gatewayUrl: info.publicUrl,
        clientId,
        clientSecret: secrets.clientSecret,
        pipelineSecret: secrets.pipelineSecret,
        cookieKey: secrets.providerCookieKey,
        accessTokenSeconds: options.accessTokenSeconds ?? 3_600,
      },
      context,
    ),
    dashApps: new Map(apps),
    gateway: gateway
      ? createGateway(
          { opsUrl: info.opsUrl, environment: { ...environment, ...overrides } },
          context,
        )
      : undefined,
  }
}

/** All at once, but for the gateway, which wants its stores and its provider first. */
async function startInOrder(options: StackOptions, parts: StackParts, plan: Plan): Promise<void> {
  const begin = Date.now()
  const ready = async (name: string, work: Promise<unknown>) => {
    await work
    options.log?.(`${name} ready after ${((Date.now() - begin) / 1000).toFixed(1)} s`)
  }
  const datasets = options.datasets ?? join(demoDirectory, 'datasets')
  const stores = Promise.all([
    ready(
      'postgres',
      parts.postgres.start().then(() => prepareDatabase(plan)),
    ),
    ready(
      'azurite',
      parts.azurite.start().then(() => uploadDatasets(plan.info.blobConnectionString, datasets)),
    ),
    ready('provider', parts.provider.start()),
  ])
  const gateway = stores.then(() => parts.gateway && ready('gateway', parts.gateway.start()))
  const apps = [...parts.dashApps.values()].map((app) => ready(app.name, app.start()))
  await Promise.all([gateway, ...apps])
}

async function prepareDatabase({ info, secrets }: Plan): Promise<void> {
  await run('The migration', process.execPath, [join(root, 'gateway', 'src', 'db', 'migrate.ts')], {
    env: {
      MIGRATION_DATABASE_URL: info.databaseUrl,
      APP_ROLE_PASSWORD: secrets.appRolePassword,
    },
  })
  await seedDatabase(info.databaseUrl, new Map(info.dashApps.map(({ slug, url }) => [slug, url])))
}

/** Ctrl-C while the parts are still starting. */
async function orAborted(work: Promise<void>, signal?: AbortSignal): Promise<void> {
  if (!signal) return work
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  await Promise.race([work, aborted])
}

/** From the outside in, so that nothing loses what it still needs. */
async function stopInOrder(parts: StackParts): Promise<void> {
  await parts.gateway?.stop()
  await Promise.all([...parts.dashApps.values()].map((app) => app.stop()))
  await parts.provider.stop()
  await parts.azurite.stop()
  await parts.postgres.stop()
}
