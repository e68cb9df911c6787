import type { Config } from '../config.ts'
import type { LokiSink } from './loki.ts'

/**
 * The way to Loki, where one is configured; without it nothing of it is loaded.
 *
 * @param warn for the other log: of what goes wrong with Loki, Loki cannot hear
 */
export async function openLoki(
  config: Config,
  warn: (message: string, facts: Readonly<Record<string, unknown>>) => void,
): Promise<LokiSink | undefined> {
  const { LOKI_URL: url, LOKI_USERNAME: user, LOKI_PASSWORD: password } = config
  if (url === undefined) return undefined
  const { createLokiSink } = await import('./loki.ts')
  return createLokiSink({
    url,
    basicAuth: user === undefined ? undefined : `${user}:${password ?? ''}`,
    orgId: config.LOKI_ORG_ID,
    labels: config.LOKI_LABELS,
    format: config.LOKI_FORMAT,
    queueBytes: config.LOKI_QUEUE_BYTES,
    onFault: (error) => warn('Loki does not take the log; it is tried again', { error }),
    onRecovery: () => warn('Loki takes the log again', {}),
  })
}
