import cluster, { type Worker } from 'node:cluster'
import type { Config } from '../config.ts'
import { createMergedMetrics, type MetricSnapshot } from '../observability/merged-metrics.ts'
import type { Logger } from '../observability/logger.ts'
import { createOpsApp } from '../ops-app.ts'
import { startServers } from '../servers.ts'
import { ask, type Said } from './conversation.ts'
import { readinessOfAll } from './readiness.ts'
import { superviseProcesses, type Child } from './supervisor.ts'

/** Longer than a process takes to close what is left when nothing is under way any more. */
const closeMs = 4000

interface WorkerChild extends Child {
  readonly worker: Worker
  /** What it counted, as far as it was asked. */
  counted: MetricSnapshot
}

function forkWorker(): WorkerChild {
  const worker = cluster.fork()
  return {
    worker,
    counted: [],
    pid: worker.process.pid,
    onReady: (listener) =>
      void worker.on('message', (said: Said) => {
        if ('ready' in said) listener()
      }),
    onExit: (listener) =>
      void worker.once('exit', (code: number, signal: string | null) =>
        listener(signal === null ? `exit code ${code}` : `signal ${signal}`),
      ),
    signal: (signal) => void worker.process.kill(signal),
  }
}

async function snapshotOf(child: WorkerChild): Promise<MetricSnapshot> {
  child.counted = (await ask(child.worker, 'metrics')) ?? child.counted
  return child.counted
}

/**
 * The first of several processes: it takes connections and hands them to the others in turn, starts
 * them again, and is the only one that is asked for metrics and readiness. No request is read here.
 *
 * @param onGiveUp when there is no use in going on; everything is to be stopped then
 */
export async function startProcesses(
  config: Config,
  count: number,
  logger: Logger,
  onGiveUp: () => void,
) {
  // See docs/decisions/0011-processes.md.
  cluster.schedulingPolicy = cluster.SCHED_RR
  const metrics = createMergedMetrics()
  const supervisor = superviseProcesses({
    count,
    fork: forkWorker,
    onReady: (ready) => {
      metrics.countReady(ready)
      if (ready === count) logger.info('all processes are ready', { count })
    },
    onEnd(child, how) {
      metrics.depart(child.counted)
      logger.error('a process ended by itself', { pid: child.pid, how })
    },
    onGiveUp(reason) {
      logger.error(`the gateway ends: ${reason}`)
      onGiveUp()
    },
  })

  const app = createOpsApp({
    metrics: {
      contentType: metrics.contentType,
      expose: async () => metrics.expose(await Promise.all(supervisor.ready().map(snapshotOf))),
    },
    readiness: async () =>
      readinessOfAll({
        count,
        isStopping: supervisor.isStopping(),
        haveAllBeenReady: supervisor.haveAllBeenReady(),
        answers: await Promise.all(
          supervisor.ready().map(({ worker }) => ask(worker, 'readiness')),
        ),
      }),
  })
  const servers = await startServers([
    { name: 'ops', address: config.OPS_LISTEN, app, needsNoHost: true },
  ])
  supervisor.start()

  return {
    /** Has each process read again what lies outside. */
    renew: () => supervisor.ready().forEach((child) => child.signal('SIGHUP')),

    /** Resolves when nothing of the gateway is left. */
    async stop(delayMs: number): Promise<void> {
      const signal = delayMs > 0 ? 'SIGTERM' : 'SIGINT'
      await supervisor.stop(signal, delayMs + config.SHUTDOWN_GRACE_SECONDS * 1000 + closeMs)
      await servers.stop(0)
    },
  }
}
