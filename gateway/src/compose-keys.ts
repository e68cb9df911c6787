import type { AuditStore } from './audit/audit-store.ts'
import type { Config } from './config.ts'
import { azureIdentity } from './config/azure.ts'
import type { Database } from './db/client.ts'
import { createReloader } from './db/reloader.ts'
import { loadKeyRings, type KeyRings } from './keys/key-rings.ts'
import { readMasterKey } from './keys/master-key.ts'
import { removeSpentKeys } from './keys/removal.ts'
import { readVaultSecret, type SecretAddress } from './keys/vault-secret.ts'
import type { Logger } from './observability/logger.ts'

/** Without any notification, keys are read again as often; and those that are spent removed. */
const careEveryMs = 30_000

const masterKeySources = (config: Config) => ({
  current: {
    variable: 'MASTER_KEY',
    value: config.MASTER_KEY,
    file: config.MASTER_KEY_FILE,
    vaultSecret: config.MASTER_KEY_VAULT_SECRET,
  },
  previous: {
    variable: 'MASTER_KEY_PREVIOUS',
    value: config.MASTER_KEY_PREVIOUS,
    file: config.MASTER_KEY_PREVIOUS_FILE,
    vaultSecret: config.MASTER_KEY_PREVIOUS_VAULT_SECRET,
  },
})

async function readFromVault(config: Config, address: SecretAddress): Promise<string> {
  const { createAzureCredential } = await import('./data/azure-credential.ts')
  return readVaultSecret(address, { credential: createAzureCredential(azureIdentity(config)) })
}

async function openKeyRings(config: Config, database: Database, logger: Logger): Promise<KeyRings> {
  const sources = masterKeySources(config)
  const options = {
    warn: (message: string) => void logger.warn(message),
    readVaultSecret: (address: SecretAddress) => readFromVault(config, address),
  }
  const [current, previous] = await Promise.all([
    readMasterKey(sources.current, options),
    readMasterKey(sources.previous, options),
  ])
  if (!current) throw new TypeError('A gateway needs a master key')
  return loadKeyRings(database, current.key, {
    masterKeyVariable: current.variable,
    previousMasterKey: previous?.key,
    sessionSeconds: config.SESSION_ABSOLUTE_SECONDS,
    onProblem(problem) {
      if (problem) logger.error(problem.message)
      else logger.info('the keys in the database open again')
    },
  })
}

/**
 * The key rings, read again on request and by themselves now and then.
 *
 * @throws when there is no master key, or it does not open them
 */
export async function composeKeys(
  config: Config,
  { database, audit, logger }: { database: Database; audit: AuditStore; logger: Logger },
) {
  const keyRings = await openKeyRings(config, database, logger)
  const reloader = createReloader(
    () => keyRings.reload(),
    (error) => logger.warn('keys could not be read again', { error }),
  )
  const sessionSeconds = config.SESSION_ABSOLUTE_SECONDS
  const caring = setInterval(() => {
    reloader.request()
    removeSpentKeys(database, { sessionSeconds, recordIn: audit.recordIn }).then(
      (removed) => removed.forEach((key) => logger.info('key removed', key)),
      (error: unknown) => logger.warn('spent keys could not be removed', { error }),
    )
  }, careEveryMs)
  return {
    keyRings,
    request: reloader.request,
    stop(): void {
      clearInterval(caring)
      reloader.stop()
    },
  }
}
