import { databaseUnavailable } from './connection-fault.ts'

/**
 * Answers in time although nothing comes back.
 *
 * @param giveUp ends what still runs
 */
export function within<T>(running: Promise<T>, ms: number, giveUp: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(databaseUnavailable(new Error(`No answer within ${ms} ms`)))
      giveUp()
    }, ms)
    running.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
