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

/** Keys are read again as often, whether or not a notification says that they have changed. */
const readEveryMs = 30_000

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

interface KeySurroundings {
  readonly database: Database
  readonly audit: AuditStore
  readonly logger: Logger
  readonly now: () => number
}

async function openKeyRings(
  config: Config,
  { database, logger, now }: KeySurroundings,
): Promise<KeyRings> {
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
    now,
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
export async function composeKeys(config: Config, surroundings: KeySurroundings) {
  const { database, audit, logger } = surroundings
  const keyRings = await openKeyRings(config, surroundings)
  const sessionSeconds = config.SESSION_ABSOLUTE_SECONDS

  /** What fails here is tried again with the next reading; nothing hangs on it. */
  async function removeSpent(): Promise<void> {
    try {
      const options = { sessionSeconds, recordIn: audit.recordIn }
      for (const key of await removeSpentKeys(database, options)) logger.info('key removed', key)
    } catch (error) {
      logger.warn('spent keys could not be removed', { error })
    }
  }

  const reloader = createReloader(
    async () => {
      await keyRings.reload()
      await removeSpent()
    },
    (error) => logger.warn('keys could not be read again', { error }),
  )
  const reading = setInterval(reloader.request, readEveryMs)
  return {
    keyRings,
    request: reloader.request,
    stop(): void {
      clearInterval(reading)
      reloader.stop()
    },
  }
}
