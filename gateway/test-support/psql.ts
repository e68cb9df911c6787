import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findProgram, programs } from '../../dev/setup/programs.mjs'

const run = promisify(execFile)

/**
 * Runs commands with the real psql, one after the other on one connection, and gives what it prints:
 * one line for each row.
 *
 * @throws with `stderr` as soon as one fails
 */
export async function psql(url: string, ...commands: readonly string[]): Promise<string[]> {
  const program = findProgram('psql', process.env)
  if (program === undefined) {
    throw new Error(`psql is missing: install it, or set ${programs.psql.variable}`)
  }
  // Rows only, without the settings of whoever runs this.
  const options = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', url]
  const { stdout } = await run(program, [...options, ...commands.flatMap((one) => ['-c', one])])
  return stdout.split('\n').filter((line) => line !== '')
}
