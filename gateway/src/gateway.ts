import { readFileSync } from 'node:fs'
import { createAdminApp } from './admin-app.ts'
import { composePublic } from './compose-public.ts'
import type { Config } from './config.ts'
import { createAzureStorage } from './data/azure-storage.ts'
import { intake } from './edge/intake.ts'
import { requestId } from './edge/request-id.ts'
import { layFoundation, type Foundation } from './foundation.ts'
import { createInternalApp } from './internal-app.ts'
import type { Logger } from './observability/logger.ts'
import { createOpsApp } from './ops-app.ts'
import { startServers, type Listener } from './servers.ts'

/** How long running requests may take to end once the gateway is asked to stop. */
const drainMs = 10_000

/** What every request gets on the listeners that no browser uses. */
const edgeOf = (listener: string, { log }: Foundation) => [requestId(), log(listener), intake()]

const composeInternal = (config: Config, foundation: Foundation) =>
  createInternalApp({
    tenantTokens: foundation.tenantTokens,
    keyRings: foundation.keyRings,
    directory: foundation.directory,
    datasets: createAzureStorage({ connectionString: config.BLOB_CONNECTION_STRING }),
    preferences: foundation.preferences,
    isSessionLive: (sid) => foundation.registry.isLive(sid),
    issuer: config.OIDC_ISSUER,
    edge: edgeOf('internal', foundation),
    report: foundation.report,
  })

/** The admin listener stays closed without the files that make it safe. */
function adminListener(config: Config, foundation: Foundation): Listener[] {
  const { ADMIN_CA_FILE: ca, ADMIN_CERT_FILE: cert, ADMIN_KEY_FILE: key } = config
  if (ca === undefined || cert === undefined || key === undefined) return []
  const { database, audit, keyRings, report } = foundation
  const app = createAdminApp({
    database,
    audit,
    keyRings,
    allowedSubjects: config.ADMIN_CLIENT_SUBJECTS,
    edge: edgeOf('admin', foundation),
    report,
  })
  const tls = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) }
  return [{ name: 'admin', address: config.ADMIN_LISTEN, app, tls }]
}

/**
 * Creates everything that the gateway consists of, once, and starts its listeners.
 *
 * @throws when the database cannot be reached, or its role could get round row-level security
 */
export async function startGateway(config: Config, logger: Logger) {
  const foundation = await layFoundation(config, logger)
  const { metrics, database, registry } = foundation
  const { app: publicApp, close: closePublic } = composePublic(config, foundation, logger)
  const opsApp = createOpsApp({ metrics, ready: () => database.ping() })

  const servers = await startServers([
    { name: 'public', address: config.PUBLIC_LISTEN, app: publicApp, upgrades: true },
    { name: 'internal', address: config.INTERNAL_LISTEN, app: composeInternal(config, foundation) },
    ...adminListener(config, foundation),
    { name: 'ops', address: config.OPS_LISTEN, app: opsApp },
  ])

  return {
    /** Drains and closes everything; resolves when nothing of the gateway is left. */
    async stop(): Promise<void> {
      registry.cutAll()
      await servers.stop(drainMs)
      await closePublic()
      await foundation.stop()
    },
  }
}
