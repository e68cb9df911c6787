import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** Of the system's accounting: the same on every Linux, whatever its kernel ticks with. */
const ticksPerSecond = 100

export interface ProcessTimes {
  readonly parent: number
  /** Its own, and that of children which have ended. */
  readonly ticks: number
}

/** @see proc_pid_stat(5): a name in brackets that may hold anything, then fields from the third on. */
export function readStat(stat: string): ProcessTimes {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3])
  return { parent: field(4), ticks: field(14) + field(15) + field(16) + field(17) }
}

/** All processes that run now; one that ends while it is read is left out. */
function readAll(): Map<number, ProcessTimes> {
  const all = new Map<number, ProcessTimes>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      all.set(Number(name), readStat(readFileSync(`/proc/${name}/stat`, 'utf8')))
    } catch {
      // Ended meanwhile.
    }
  }
  return all
}

/** The process and all below it. */
function familyOf(root: number, all: ReadonlyMap<number, ProcessTimes>): number[] {
  const children = [...all].filter(([, { parent }]) => parent === root).map(([pid]) => pid)
  return [root, ...children.flatMap((pid) => familyOf(pid, all))]
}

/** CPU time that a process, and each below it, has used so far, by the system's accounting. */
export function cpuSecondsEach(root: number): ReadonlyMap<number, number> {
  const all = readAll()
  const seconds = (pid: number) => (all.get(pid)?.ticks ?? 0) / ticksPerSecond
  return new Map(familyOf(root, all).map((pid) => [pid, seconds(pid)]))
}

/** The same of all of them together. */
export const cpuSeconds = (root: number): number =>
  [...cpuSecondsEach(root).values()].reduce((sum, one) => sum + one, 0)

export interface Memory {
  /** Bytes that a process and all below it hold in memory. */
  readonly now: number
  /** The most of it since `forgetPeak`. */
  readonly peak: number
}

export function memoryOf(root: number): Memory {
  const statuses = familyOf(root, readAll()).map((pid) =>
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  )
  const sum = (name: string) =>
    statuses
      .map((status) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0))
      .reduce((total, kilobytes) => total + kilobytes * 1024, 0)
  return { now: sum('VmRSS'), peak: sum('VmHWM') }
}

/** @see proc_pid_clear_refs(5) */
export function forgetPeak(root: number): void {
  for (const pid of familyOf(root, readAll())) writeFileSync(`/proc/${pid}/clear_refs`, '5')
}
