import { waitUntil } from './wait.ts'

/** Sends the signal to the process and all that it started; a group that is gone is no fault. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !isGone(error)
  }
}

export function isGroupAlive(pid: number): boolean {
  return isAlive(-pid)
}

/** Asks the group to end, and ends it by force when it does not in time. */
export async function endGroup(pid: number, withinMs: number): Promise<void> {
  if (await waitUntil(() => !isGroupAlive(pid), { withinMs })) return
  signalGroup(pid, 'SIGKILL')
  await waitUntil(() => !isGroupAlive(pid), { withinMs: 5_000 })
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ESRCH'
}
