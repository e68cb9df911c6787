import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Makes sure that no process of the stack outlives it, however its own process ends. */
export interface Reaper {
  watch(pid: number, stopSignal: NodeJS.Signals): void
  forget(pid: number): void
  close(): Promise<void>
}

export function startReaper(): Reaper {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'reaper-main.ts')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const exited = once(child, 'exit')
  // The pipe breaks only when the reaper was killed; the stack can run on without it.
  child.stdin.on('error', () => {})
  return {
    watch: (pid, stopSignal) => child.stdin.write(`+ ${pid} ${stopSignal}\n`),
    forget: (pid) => child.stdin.write(`- ${pid}\n`),
    async close() {
      child.stdin.end()
      await exited
    },
  }
}
