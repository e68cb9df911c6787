import { createCanaryPart, prepareCanary } from './canary.ts'
import type { ObservePorts } from './ports.ts'
import { createPrometheus } from './prometheus/prometheus.ts'
import { findPrometheus } from './prometheus/promtool.ts'
import type { Stack } from './stack.ts'

export interface Observers {
  readonly canaryUrl: string
  readonly canaryReports: string
  /** Nothing where Prometheus is not installed. */
  readonly prometheusUrl: string | undefined
}

export interface ObserveOptions {
  readonly directory: string
  readonly ports: ObservePorts
  /** How many times as fast as usual the rules' clock runs, for drills. */
  readonly scale?: number
  readonly canaryIntervalSeconds?: number
  /** More targets, by the name of their job. */
  readonly targets?: Readonly<Record<string, readonly string[]>>
}

/** What watches the stack from outside: the isolation canary, and Prometheus where it is installed. */
export async function observe(stack: Stack, options: ObserveOptions): Promise<Observers> {
  const { directory, ports } = options
  const { info } = stack
  const canary = {
    directory,
    info,
    ports,
    ...(options.canaryIntervalSeconds && { intervalSeconds: options.canaryIntervalSeconds }),
  }
  await prepareCanary(canary)
  await stack.add((context) => createCanaryPart(canary, context))
  const file = findPrometheus(process.env)
  if (file !== undefined) {
    const targets = {
      dashgate: [new URL(info.opsUrl).host],
      'dashgate-canary': [`127.0.0.1:${ports.canary}`],
      ...options.targets,
    }
    const { scale = 1 } = options
    await stack.add((context) =>
      createPrometheus({ file, directory, port: ports.prometheus, targets, scale }, context),
    )
  }
  return {
    canaryUrl: `http://127.0.0.1:${ports.canary}`,
    canaryReports: `${directory}/canary-reports`,
    prometheusUrl: file && `http://127.0.0.1:${ports.prometheus}`,
  }
}
