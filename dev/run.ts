import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { StackError } from './stack-error.ts'

/** Runs a command to its end; a failure carries what it said. */
export async function run(
  what: string,
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(file, args, {
      maxBuffer: 64 * 1024 * 1024,
      ...(options.cwd ? { cwd: options.cwd } : {}),
      env: { ...process.env, ...options.env },
    })
    return stdout
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string }
    throw new StackError(`${what} failed: ${`${stdout}${stderr}`.trim() || String(cause)}`, {
      cause,
    })
  }
}
