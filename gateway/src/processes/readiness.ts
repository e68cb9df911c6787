/** Whether requests can be served now, and what there is to say about it. */
export interface Readiness {
  readonly isReady: boolean
  readonly remarks: readonly string[]
}

export interface ReadinessSources {
  /** Whether the process has been asked to end. */
  readonly isStopping: () => boolean
  /** Rejects when a request could not be served now. */
  readonly ready: () => Promise<void>
  /** What is wrong with the keys; `isBehind` when requests of others could not be read. */
  readonly keyProblem: () => { readonly message: string; readonly isBehind: boolean } | undefined
  /** Whether changes that other replicas make arrive; without them the database is asked more often. */
  readonly hearsChanges: () => boolean
}

const no = (reason: string): Readiness => ({ isReady: false, remarks: [reason] })

/** How one process is doing. */
export async function readinessOf(sources: ReadinessSources): Promise<Readiness> {
  if (sources.isStopping()) return no('stopping')
  const isDatabaseUp = await sources.ready().then(
    () => true,
    () => false,
  )
  const keys = sources.keyProblem()
  if (!isDatabaseUp) return no('the database does not answer')
  if (keys?.isBehind) return no(keys.message)
  const remarks = keys === undefined ? [] : [keys.message]
  if (!sources.hearsChanges()) remarks.push('notifications of the database do not arrive')
  return { isReady: true, remarks }
}

/** What is known of several processes that answer for each other. */
export interface Processes {
  /** How many there should be. */
  readonly count: number
  readonly isStopping: boolean
  /** Whether all of them have been ready at the same time. */
  readonly haveAllBeenReady: boolean
  /** Of those that are ready to be asked; nothing of one that does not answer. */
  readonly answers: readonly (Readiness | undefined)[]
}

/**
 * How all of them are doing together. At the start all must be there; later the others serve while
 * one is started again, and to take them away from people would help nobody.
 */
export function readinessOfAll(processes: Processes): Readiness {
  const { count, isStopping, haveAllBeenReady, answers } = processes
  if (isStopping) return no('stopping')
  if (!haveAllBeenReady) return no(`${answers.length} of ${count} processes have started`)
  const answered = answers.filter((one) => one !== undefined)
  if (answered.length === 0) return no('no process answers')
  const refusal = answered.find(({ isReady }) => !isReady)
  if (refusal) return refusal
  const remarks = [...new Set(answered.flatMap((one) => one.remarks))]
  if (answered.length < count) remarks.push(`${answered.length} of ${count} processes answer`)
  return { isReady: true, remarks }
}
