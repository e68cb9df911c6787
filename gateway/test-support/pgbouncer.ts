import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram, programs } from '../../dev/setup/programs.mjs'
import { untilItSays } from './output.ts'
import { freePort, unprivilegedAccount } from './postgres.ts'

export interface PgBouncer {
  /** The same database and role, through the pooler. */
  through(url: string): string
  stop(): Promise<void>
}

export interface PgBouncerOptions {
  /** Any URL of the server that it stands in front of. */
  readonly server: string
  /** URLs whose roles may sign in; PgBouncer signs in to the server with the same passwords. */
  readonly roles: readonly string[]
  /** Connections to the server for each role and database. */
  readonly poolSize: number
  /** Without `session` a connection is lent for one transaction. */
  readonly mode?: 'transaction' | 'session'
}

/** Starts the real PgBouncer on a free port. */
export async function startPgBouncer({
  server,
  roles,
  poolSize,
  mode = 'transaction',
}: PgBouncerOptions): Promise<PgBouncer> {
  const program = findProgram('pgbouncer', process.env)
  if (program === undefined) {
    throw new Error(`PgBouncer is missing: install it, or set ${programs.pgbouncer.variable}`)
  }
  const port = await freePort()
  const home = await mkdtemp(join(tmpdir(), 'dashgate-pgbouncer-'))
  // Like Postgres it refuses to run as root.
  const account = unprivilegedAccount()
  const privateFile = async (name: string, content: string) => {
    const file = join(home, name)
    await writeFile(file, content, { mode: 0o600 })
    if (account) await chown(file, account.uid, account.gid)
    return file
  }
  if (account) await chown(home, account.uid, account.gid)
  const { hostname, port: serverPort } = new URL(server)
  const userList = await privateFile('users', roles.map(userLine).join(''))
  const settings = await privateFile(
    'pgbouncer.ini',
    `[databases]
* = host=${hostname} port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${userList}
pool_mode = ${mode}
default_pool_size = ${poolSize}
max_client_conn = 200
`,
  )
  const pooler = spawn(program, [settings], {
    ...account,
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(pooler, 'exit')
  await untilItSays('process up', pooler.stderr, 'PgBouncer')
  return {
    through(url) {
      const way = new URL(url)
      way.host = `127.0.0.1:${port}`
      return way.href
    },
    async stop() {
      // SIGTERM ends it at once, SIGINT would wait for clients.
      pooler.kill('SIGTERM')
      await exited
      await rm(home, { recursive: true, force: true })
    },
  }
}

function userLine(url: string): string {
  const { username, password } = new URL(url)
  return `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`
}
