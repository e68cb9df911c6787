/** The process: reads the environment, starts the gateway, ends it on a signal. */
import './garbage-collection.ts'
import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import { checkConfig, ConfigError, parseConfig, type Config } from './config.ts'
import { exceptionWarnings } from './config/policy.ts'
import { startGateway } from './gateway.ts'
import { addressPolicy } from './observability/addresses.ts'
import { createLogSink } from './observability/log-sink.ts'
import { createLogger } from './observability/logger.ts'
import { openLoki } from './observability/open-loki.ts'
import { answerQuestions } from './processes/conversation.ts'
import { startProcesses } from './processes/primary.ts'

async function readConfig(): Promise<Config> {
  try {
    // The others of several processes start with what the first one has found good.
    return cluster.isPrimary ? await checkConfig(process.env) : parseConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
}

const config = await readConfig()
const { GATEWAY_PROCESSES } = config
const processes = GATEWAY_PROCESSES === 'auto' ? availableParallelism() : GATEWAY_PROCESSES
const log = createLogSink(process.stdout)
const loki = await openLoki(config, (message, facts) => void logger.warn(message, facts))
const logger = createLogger(config.LOG_LEVEL, log, {
  loki: loki && ((line, level) => loki.write(line, level, Date.now())),
  addresses: addressPolicy(config.LOG_PII, config.LOG_PII_KEY),
})
process.on('exit', log.flush)

// What node itself has to say may find nobody who reads it.
process.stderr.on('error', () => {})
process.on('unhandledRejection', (error) => logger.error('unhandled rejection', { error }))
// Nobody knows what was left undone: whoever watches us starts another (ASVS V16.5.4).
process.on('uncaughtException', (error) => {
  logger.error('uncaught exception: the process ends', { error })
  process.exit(1)
})

/** What is left of a process once nothing is under way any more may take so long to close. */
const closeMs = 5000

/** How long a process that ends waits for Loki to take its last lines. */
const lastLinesMs = 2000

/** Stops once, whoever asks first, and ends the process, whatever does not want to end. */
function stopper(stop: (delayMs: number) => Promise<void>) {
  let isStopping = false
  return function end(exitCode: number, delayMs = 0): void {
    if (isStopping) return
    isStopping = true
    const mostMs = delayMs + config.SHUTDOWN_GRACE_SECONDS * 1000 + closeMs
    setTimeout(() => {
      logger.error('could not stop in time', { mostMs })
      process.exit(1)
    }, mostMs).unref()
    const stopped = async () => {
      await stop(delayMs)
      await loki?.close(lastLinesMs)
    }
    stopped().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        logger.error('could not stop cleanly', { error })
        process.exit(1)
      },
    )
  }
}

/** Whoever presses Ctrl-C has no balancer that would have to look elsewhere first. */
const delaysMs = { SIGINT: 0, SIGTERM: config.SHUTDOWN_DELAY_SECONDS * 1000 } as const

function endOnSignals(end: (exitCode: number, delayMs: number) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      logger.info('stopping', { signal })
      end(0, delaysMs[signal])
    })
  }
}

/** Not of a terminal, which says the same when it is closed and wants us to end. */
function renewOnSignal(renew: () => unknown): void {
  if (!process.stdout.isTTY) process.on('SIGHUP', () => void renew())
}

function warn(): void {
  if (config.INSECURE_HTTP_ISSUER)
    logger.warn('INSECURE_HTTP_ISSUER is on: for a demo on one machine only')
  for (const line of exceptionWarnings(config.CSP_EXCEPTIONS)) logger.warn(line)
}

/** Serves requests: alone, or as one of several processes that are replicas to each other. */
async function serve(): Promise<void> {
  const { worker } = cluster
  const share = Math.max(1, Math.floor(config.DATABASE_POOL_SIZE / processes))
  const gateway = await startGateway({ ...config, DATABASE_POOL_SIZE: share }, logger, {
    logs: { stdout: log.use, ...(loki ? { loki: loki.use } : {}) },
    isOneOfMany: worker !== undefined,
  })
  logger.info('ready', { publicUrl: config.PUBLIC_URL, pid: process.pid })
  renewOnSignal(gateway.renew)
  endOnSignals(stopper((delayMs) => gateway.stop(delayMs)))
  if (worker) answerQuestions(worker, gateway)
}

/** Starts several processes that serve requests, and looks after them. */
async function supervise(): Promise<void> {
  const end = stopper(async (delayMs) => started?.stop(delayMs))
  const started = await startProcesses(config, processes, logger, () => end(1))
  renewOnSignal(() => started.renew())
  endOnSignals(end)
}

try {
  if (cluster.isPrimary) warn()
  await (cluster.isPrimary && processes > 1 ? supervise() : serve())
} catch (error) {
  logger.error('could not start', { error })
  process.exit(1)
}
