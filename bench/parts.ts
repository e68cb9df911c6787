import { join } from 'node:path'
import type { Part, PartContext } from '../dev/part.ts'
import { startReaper } from '../dev/reaper.ts'
import { pin } from './machine.ts'

/** Starts the benchmark's own processes, and ends them all with it. */
export function createParts(directory: string) {
  const reaper = startReaper()
  const ending = new AbortController()
  const started: Part[] = []
  const crashes: Error[] = []
  const context: PartContext = {
    signal: ending.signal,
    logDirectory: join(directory, 'logs'),
    reaper,
    onCrash: (fault) => void crashes.push(fault),
  }
  return {
    context,
    async start(part: Part, where: 'subject' | 'load' | 'any'): Promise<Part> {
      started.push(part)
      await part.start()
      if (where !== 'any') await pin(part.pid, where)
      return part
    },
    /** @throws when one ended by itself */
    check(): void {
      if (crashes[0]) throw crashes[0]
    },
    async stop(): Promise<void> {
      ending.abort(new Error('The benchmark is over'))
      await Promise.all(started.map((part) => part.stop()))
      await reaper.close()
    },
  }
}

export type Parts = ReturnType<typeof createParts>
