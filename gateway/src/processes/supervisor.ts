/** One process, as far as its supervisor knows it. */
export interface Child {
  readonly pid: number | undefined
  onReady(listener: () => void): void
  onExit(listener: (how: string) => void): void
  signal(signal: NodeJS.Signals): void
}

export interface SupervisorOptions<One extends Child> {
  readonly count: number
  readonly fork: () => One
  /** Told of each that ended though nobody asked it to. */
  readonly onEnd: (child: One, how: string) => void
  /** There is no use in going on. */
  readonly onGiveUp: (reason: string) => void
  /** Told whenever another number of them is ready. */
  readonly onReady: (ready: number) => void
}

/** The first is started again at once, each further one after twice the wait. */
const firstWaitMs = 1000
const longestWaitMs = 16_000

/** So many ends within a minute are no accident: whoever watches us should see it. */
const mostEnds = 5
const withinMs = 60_000

/**
 * Keeps a number of processes running. One that ends is started again, after a longer wait each time;
 * when they keep ending, or one ends before all have been ready, it gives up.
 */
export function superviseProcesses<One extends Child>(options: SupervisorOptions<One>) {
  const { count, fork, onEnd, onGiveUp, onReady } = options
  const running = new Set<One>()
  const ready = new Set<One>()
  const waiting = new Set<NodeJS.Timeout>()
  const stopped = Promise.withResolvers<void>()
  let ends: number[] = []
  let isStopping = false
  let haveAllBeenReady = false

  function launch(): void {
    const child = fork()
    running.add(child)
    child.onReady(() => {
      ready.add(child)
      haveAllBeenReady ||= ready.size === count
      onReady(ready.size)
    })
    child.onExit((how) => ended(child, how))
  }

  function ended(child: One, how: string): void {
    running.delete(child)
    if (ready.delete(child)) onReady(ready.size)
    if (isStopping) {
      if (running.size === 0) stopped.resolve()
      return
    }
    onEnd(child, how)
    const now = performance.now()
    ends = [...ends.filter((at) => now - at < withinMs), now]
    if (!haveAllBeenReady) onGiveUp('a process ended before all were ready')
    else if (ends.length > mostEnds) onGiveUp(`${ends.length} processes ended within a minute`)
    else launchLater(Math.min(firstWaitMs * 2 ** (ends.length - 1), longestWaitMs))
  }

  function launchLater(waitMs: number): void {
    const timer = setTimeout(() => {
      waiting.delete(timer)
      launch()
    }, waitMs)
    waiting.add(timer)
  }

  return {
    start(): void {
      for (let index = 0; index < count; index += 1) launch()
    },
    ready: (): readonly One[] => [...ready],
    haveAllBeenReady: () => haveAllBeenReady,
    isStopping: () => isStopping,

    /** Lets each end in its own time, and then ends those that do not; resolves when none is left. */
    async stop(signal: 'SIGINT' | 'SIGTERM', withinMs: number): Promise<void> {
      isStopping = true
      for (const timer of waiting) clearTimeout(timer)
      const signalAll = (one: NodeJS.Signals) => running.forEach((child) => child.signal(one))
      signalAll(signal)
      const cut = setTimeout(() => signalAll('SIGKILL'), withinMs)
      if (running.size === 0) stopped.resolve()
      await stopped.promise
      clearTimeout(cut)
    },
  }
}
