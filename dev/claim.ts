import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { writePrivateFile } from './private-file.ts'
import { isAlive } from './process-group.ts'
import { StackError } from './stack-error.ts'

export interface Claim {
  /** True when the stack before ended without cleaning up; its processes may be about to end. */
  readonly isAfterCrash: boolean
  release(): void
}

/** One stack for each directory: two would write to the same database. */
export function claimDirectory(directory: string): Claim {
  mkdirSync(directory, { recursive: true })
  // It may be there already, with passwords and keys about to come.
  chmodSync(directory, 0o700)
  const file = join(directory, 'running.pid')
  const isAfterCrash = existsSync(file)
  if (isAfterCrash) {
    const pid = Number(readFileSync(file, 'utf8'))
    if (isAlive(pid) && mayBeNode(pid)) {
      throw new StackError(`The stack of ${directory} runs already (process ${pid}): stop it first`)
    }
  }
  writePrivateFile(file, `${process.pid}\n`)
  return { isAfterCrash, release: () => rmSync(file, { force: true }) }
}

/** After a restart of the machine the process id may belong to another program. */
function mayBeNode(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node')
  } catch {
    return true
  }
}
