/** The process: reads the environment, starts the gateway, ends it on a signal. */
import { ConfigError, parseConfig, type Config } from './config.ts'
import { exceptionWarnings } from './config/policy.ts'
import { startGateway } from './gateway.ts'
import { createLogSink } from './observability/log-sink.ts'
import { createLogger } from './observability/logger.ts'

function readConfig(): Config {
  try {
    return parseConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
}

const config = readConfig()
const log = createLogSink(process.stdout)
const logger = createLogger(config.LOG_LEVEL, log)
process.on('exit', log.flush)

// What node itself has to say may find nobody who reads it.
process.stderr.on('error', () => {})
process.on('unhandledRejection', (error) => logger.error('unhandled rejection', { error }))
// Nobody knows what was left undone: whoever watches us starts another (ASVS V16.5.4).
process.on('uncaughtException', (error) => {
  logger.error('uncaught exception: the process ends', { error })
  process.exit(1)
})

try {
  if (config.INSECURE_HTTP_ISSUER)
    logger.warn('INSECURE_HTTP_ISSUER is on: for a demo on one machine only')
  for (const line of exceptionWarnings(config.CSP_EXCEPTIONS)) logger.warn(line)
  const gateway = await startGateway(config, logger, log.dropped)
  logger.info('ready', { publicUrl: config.PUBLIC_URL })
  // Only then: it is also what a terminal says that is closed.
  if (gateway.certificates.areFollowed) process.on('SIGHUP', () => gateway.certificates.look())
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      logger.info('stopping', { signal })
      gateway.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error('could not stop cleanly', { error })
          process.exit(1)
        },
      )
    })
  }
} catch (error) {
  logger.error('could not start', { error })
  process.exit(1)
}
