import { availableParallelism } from 'node:os'
import { run } from '../dev/run.ts'

/** What is measured has one core for itself; what loads it, and what answers behind it, the others. */
export const cores =
  process.platform === 'linux' && availableParallelism() > 1
    ? {
        subject: '0',
        load: Array.from({ length: availableParallelism() - 1 }, (_, core) => core + 1).join(),
      }
    : undefined

/** Keeps a process, with its threads and whatever it will start, on the cores of its part. */
export async function pin(pid: number | undefined, part: 'subject' | 'load'): Promise<void> {
  if (!cores || pid === undefined) return
  await run('taskset', 'taskset', ['--all-tasks', '--cpu-list', '--pid', cores[part], `${pid}`])
}
