import { readFileSync } from 'node:fs'
import { createAuditStore } from './audit/audit-store.ts'
import { composeKeys } from './compose-keys.ts'
import type { Config } from './config.ts'
import { connectDatabase } from './db/client.ts'
import { readDatabaseClock } from './db/database-clock.ts'
import { isExposed, readDatabaseUrl } from './db/database-url.ts'
import { listenForChanges, type ListenAddresses } from './db/notifications.ts'
import { createReloader } from './db/reloader.ts'
import { accessLog } from './edge/access-log.ts'
import type { GatewayError } from './edge/gateway-error.ts'
import { createTenantTokens } from './keys/tenant-token.ts'
import type { Logger } from './observability/logger.ts'
import { createMetrics } from './observability/metrics.ts'
import type { LogUse } from './observability/store-metrics.ts'
import { createPreferenceStore } from './preferences/preference-store.ts'
import { createViewStore } from './preferences/view-store.ts'
import { createWriteLimit } from './preferences/write-limit.ts'
import { createSessionCookies } from './session/session-cookie.ts'
import { createSessionRegistry } from './session/session-registry.ts'
import { createSessionStore } from './session/session-store.ts'
import { measureRevocations } from './session/revocation-times.ts'
import { createSteadyClock } from './steady-clock.ts'
import { createTenantDirectory } from './tenant/directory.ts'

const sweepEveryMs = 30_000
const removeEndedEveryMs = 3_600_000

/** What became of the lines of the log, by where they go. */
export type LogUses = Readonly<Record<string, () => LogUse>>

/** The release, as its package says. */
const version = () =>
  (
    JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
  ).version

/** The longest that a tenant token may live, in seconds. */
const tenantTokenSeconds = 900

/**
 * What more than one listener stands on: the database and what is held in memory of it, keys,
 * sessions, and where things are recorded.
 *
 * @throws when the database cannot be reached, or its role could get round row-level security
 */
export async function layFoundation(config: Config, logger: Logger, logs: LogUses) {
  const metrics = createMetrics({ maxTenants: config.METRICS_MAX_TENANTS, version: version() })
  for (const [sink, use] of Object.entries(logs)) metrics.followLog(sink, use)
  const addresses = databaseAddresses(config)
  warnOfExposure(config, logger)
  const database = connectDatabase({
    ...addresses.changeAt,
    poolSize: config.DATABASE_POOL_SIZE,
    onTransaction: metrics.observeTransaction,
  })
  await database.assertLeastPrivilege()
  const clock = createSteadyClock()
  const followDatabase = () => clock.follow(() => readDatabaseClock(database))
  await followDatabase()

  const audit = createAuditStore(database)
  const keys = await composeKeys(config, { database, audit, logger, now: clock.now })
  const { keyRings } = keys
  const directory = createTenantDirectory(database)

  const sessionStore = createSessionStore(database)
  const cookies = createSessionCookies(keyRings, config.SESSION_ABSOLUTE_SECONDS)
  const revocations = measureRevocations(metrics, sessionStore)
  const registry = createSessionRegistry({
    cookies,
    store: sessionStore,
    notificationsCurrent: () => notifications.isCurrent(),
    idleSeconds: config.SESSION_IDLE_SECONDS,
    graceSeconds: config.REVOCATION_GRACE_SECONDS,
    onExtendFailure: (error) =>
      logger.warn('the idle end of a session could not be written', { error }),
    onUnconfirmed: (idHash) => void revocations.foundOut(idHash),
    now: clock.now,
  })
  const sweeping = setInterval(() => {
    followDatabase()
      .then(() => registry.sweep())
      .catch((error: unknown) => logger.warn('sessions could not be swept', { error }))
  }, sweepEveryMs)
  const removeEnded = () => {
    sessionStore
      .removeEnded()
      .catch((error: unknown) => logger.warn('ended sessions could not be removed', { error }))
  }
  removeEnded()
  const removing = setInterval(removeEnded, removeEndedEveryMs)

  const reloader = (what: string, reload: () => Promise<void>) =>
    createReloader(reload, (error) => logger.warn(`${what} could not be read again`, { error }))
  const tenants = reloader('tenants', () =>
    revocations.ofAccess(async () => {
      await directory.renew()
      return registry.recheckAccess()
    }),
  )
  const sessions = reloader('sessions', () => registry.recheckAll())
  const notifications = await listenForChanges(addresses, {
    metadata(changedAt, change) {
      revocations.accessChanged(changedAt)
      directory.note(change)
      tenants.request()
    },
    keys: keys.request,
    session(idHash, changedAt) {
      if (registry.revoked(idHash)) revocations.ofSession(changedAt)
    },
    resync() {
      directory.note('everything')
      for (const one of [tenants, keys, sessions]) one.request()
    },
    deaf: (cause) => logger.error(deafness, { cause }),
    hearing: () => logger.info('the notifications of the database arrive again'),
  })
  metrics.followNotifications(() => notifications.isCurrent())
  metrics.followSessions(() => registry.size())
  metrics.followCache('session_cookies', () => registry.cookieUse())
  metrics.followDatabase(() => database.use())
  metrics.followAudit(() => audit.use())
  // From the first moment of listening on: what changes meanwhile is read after it.
  await directory.reload()
  // What changed between the reading above and that moment.
  keys.request()

  // One for both: they write the same rows.
  const writes = createWriteLimit()

  return {
    clock,
    metrics,
    database,
    keyRings,
    directory,
    sessionStore,
    cookies,
    registry,
    /** What the database holds and this process keeps in memory. */
    renewals: {
      keys: () => keyRings.reload(),
      'tenants and apps': async () => {
        await directory.reload()
        registry.recheckAccess()
      },
    },
    /** Whether changes that other replicas make arrive. */
    hearsChanges: () => notifications.isCurrent(),
    audit,
    preferences: createPreferenceStore(database, audit, writes),
    views: createViewStore(database, audit, writes),
    tenantTokens: createTenantTokens(keyRings, {
      issuer: config.PUBLIC_URL,
      lifetimeSeconds: tenantTokenSeconds,
      now: clock.now,
    }),

    /** Counts and logs each request of a listener. */
    log: (listener: string) =>
      accessLog((record) => {
        metrics.countRequest(listener, record)
        const { tenantId, ...facts } = record
        logger.info('request', { listener, ...facts, tenant_id: tenantId })
      }),

    /** Told of every error that is ours to mend. */
    report: (error: GatewayError, requestId: string) =>
      void logger.error(error.message, { requestId, errorCode: error.code, cause: error.cause }),

    async stop(): Promise<void> {
      clearInterval(sweeping)
      clearInterval(removing)
      for (const one of [tenants, keys, sessions]) one.stop()
      await notifications.close()
      await database.close()
    },
  }
}

const deafness =
  'The notifications of the database do not arrive, so sessions are checked there with every request and all else is read again each second. DATABASE_LISTEN_URL (without it DATABASE_URL) must lead to the database itself, not to a pooler in transaction mode'

function databaseAddresses(config: Config): ListenAddresses {
  const ca = config.DATABASE_CA_FILE ? readFileSync(config.DATABASE_CA_FILE) : undefined
  const changeAt = { url: config.DATABASE_URL, ca }
  return { changeAt, listenAt: { url: config.DATABASE_LISTEN_URL ?? config.DATABASE_URL, ca } }
}

function warnOfExposure(config: Config, logger: Logger): void {
  for (const name of ['DATABASE_URL', 'DATABASE_LISTEN_URL'] as const) {
    const url = config[name]
    if (url === undefined || !isExposed(readDatabaseUrl(url))) continue
    logger.warn(
      `${name} names another machine and no sslmode, so nothing is encrypted: add sslmode=verify-full, or sslmode=disable where the network is your own`,
    )
  }
}

export type Foundation = Awaited<ReturnType<typeof layFoundation>>
