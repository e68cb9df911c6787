import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../paths.ts'
import { findProgram } from '../setup/programs.mjs'

export const rulesFolder = join(root, 'deploy', 'prometheus', 'rules')

/** Prometheus's own binary, or nothing where it is not installed. */
export const findPrometheus = (environment: Readonly<Record<string, string | undefined>>) =>
  findProgram('prometheus', environment)

/** Runs promtool, which comes with Prometheus and lies beside it; rejects with what it said. */
export async function promtool(...args: string[]): Promise<string> {
  const prometheus = findPrometheus(process.env)
  if (prometheus === undefined) throw new Error('Prometheus is missing: apt-get install prometheus')
  try {
    const { stdout } = await promisify(execFile)(join(dirname(prometheus), 'promtool'), args)
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`promtool ${args.join(' ')}: ${stdout}${stderr}`, { cause: error })
  }
}
