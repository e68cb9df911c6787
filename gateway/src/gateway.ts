import { composeAdmin, renewAuthority } from './compose-admin.ts'
import { composeCertificates } from './compose-certificates.ts'
import { composePublic } from './compose-public.ts'
import type { Config } from './config.ts'
import { storageSource } from './config/storage.ts'
import type { FileStorage } from './data/file-storage.ts'
import { openStorage } from './data/storage.ts'
import { intake } from './edge/intake.ts'
import { requestId } from './edge/request-id.ts'
import { layFoundation, type Foundation, type LogUses } from './foundation.ts'
import { createInternalApp } from './internal-app.ts'
import type { Logger } from './observability/logger.ts'
import { createOpsApp } from './ops-app.ts'
import { readinessOf } from './processes/readiness.ts'
import { renewAll, type Renewals } from './processes/renewal.ts'
import { startServers, type Servers } from './servers.ts'

/** What every request gets on the listeners that no browser uses. */
const edgeOf = (listener: string, { log }: Foundation) => [requestId(), log(listener), intake()]

const composeInternal = (config: Config, foundation: Foundation, datasets: FileStorage) =>
  createInternalApp({
    tenantTokens: foundation.tenantTokens,
    keyRings: foundation.keyRings,
    directory: foundation.directory,
    datasets,
    preferences: foundation.preferences,
    isSessionLive: (sid) => foundation.registry.isLive(sid),
    issuer: config.OIDC_ISSUER,
    edge: edgeOf('internal', foundation),
    report: foundation.report,
  })

export interface GatewayOptions {
  /** What became of the lines of the log, for the metrics. */
  readonly logs?: LogUses
  /** Whether another process has the ops listener, for several of them (`processes/`). */
  readonly isOneOfMany?: boolean
}

/**
 * Creates everything that the gateway consists of, once, and starts its listeners.
 *
 * @throws when the database cannot be reached, or its role could get round row-level security
 */
export async function startGateway(
  config: Config,
  logger: Logger,
  { logs = {}, isOneOfMany = false }: GatewayOptions = {},
) {
  const foundation = await layFoundation(config, logger, logs)
  const { metrics, database, keyRings, registry } = foundation
  const storage = await openStorage(storageSource(config))
  const forBrowsers = composePublic(config, foundation, { logger, storage })
  const internalApp = composeInternal(config, foundation, storage)
  let isStopping = false
  const readiness = () =>
    readinessOf({
      isStopping: () => isStopping,
      ready: () => database.ping(),
      keyProblem: () => keyRings.problem(),
      hearsChanges: foundation.hearsChanges,
    })

  const opsListener = () => ({
    name: 'ops',
    address: config.OPS_LISTEN,
    app: createOpsApp({ metrics, readiness }),
    isForOthers: true,
    needsNoHost: true,
  })

  const certificates = await composeCertificates(config, foundation, logger, (name, identity) =>
    servers.renew(name, identity),
  )
  const publicTls = certificates.initial('public')
  const servers: Servers = await startServers([
    {
      name: 'public',
      address: config.PUBLIC_LISTEN,
      app: forBrowsers.app,
      upgrades: true,
      tooLarge: forBrowsers.tooLarge,
      ...(publicTls ? { tls: { ...publicTls, forBrowsers: true } } : {}),
    },
    { name: 'internal', address: config.INTERNAL_LISTEN, app: internalApp, isForOthers: true },
    ...composeAdmin(config, foundation, logger),
    ...(isOneOfMany ? [] : [opsListener()]),
  ])

  const renewals: Renewals = {
    ...certificates.renewals,
    ...renewAuthority(config, (name, ca) => servers.renewAuthority(name, ca)),
    ...foundation.renewals,
  }

  return {
    /** Reads again what lies outside and may have changed; never rejects. */
    renew: () => renewAll(renewals, logger),
    readiness,
    metrics: () => metrics.snapshot(),

    /**
     * Drains and closes everything; resolves when nothing of the gateway is left.
     *
     * @param delayMs how long requests are still taken, until whoever sends them looks elsewhere
     */
    async stop(delayMs: number): Promise<void> {
      isStopping = true
      certificates.stop()
      servers.leave()
      await registry.cutAll(delayMs)
      await servers.stop(config.SHUTDOWN_GRACE_SECONDS * 1000)
      await forBrowsers.close()
      await foundation.stop()
    },
  }
}
