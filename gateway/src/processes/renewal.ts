import type { Logger } from '../observability/logger.ts'

/** What can be read again while the gateway runs, by its name in the log. */
export type Renewals = Readonly<Record<string, () => Promise<unknown>>>

/**
 * Reads everything again, for an operator who does not want to wait until it is found (SIGHUP). What
 * cannot be read stays as it was; one line says which is which.
 */
export async function renewAll(renewals: Renewals, logger: Pick<Logger, 'info' | 'error'>) {
  const renewed: string[] = []
  const kept: Record<string, string> = {}
  await Promise.all(
    Object.entries(renewals).map(async ([name, renew]) => {
      try {
        await renew()
        renewed.push(name)
      } catch (error) {
        kept[name] = String(error)
      }
    }),
  )
  renewed.sort()
  if (Object.keys(kept).length === 0) logger.info('read again', { renewed })
  else logger.error('not all could be read again: the rest stays as it was', { renewed, kept })
}
