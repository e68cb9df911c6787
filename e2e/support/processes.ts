import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** How many processes a process has started, directly or through others, that still run. */
export async function countProcesses(root: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat='])
  const children = new Map<number, number[]>()
  for (const line of stdout.trim().split('\n')) {
    const [pid, parent, state = ''] = line.trim().split(/\s+/)
    // A zombie has ended; only its parent has not asked yet.
    if (state.startsWith('Z')) continue
    children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(pid)])
  }
  const below = (pid: number): number =>
    (children.get(pid) ?? []).reduce((sum, child) => sum + 1 + below(child), 0)
  return below(root)
}
