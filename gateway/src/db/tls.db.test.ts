import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createAuthority, type Authority } from '../../test-support/certificates.ts'
import { rawServer } from '../../test-support/local-server.ts'
import { startPostgres, type PostgresServer } from '../../test-support/postgres.ts'
import { connectDatabase, type Database } from './client.ts'
import { migrateDatabase } from './migrations.ts'

let authority: Authority
let server: PostgresServer
const open: Database[] = []

beforeAll(async () => {
  authority = await createAuthority('Authority of the database')
  server = await startPostgres({ tls: await authority.issue('localhost') })
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()))
})

afterAll(async () => {
  await server?.stop()
})

/** The certificate is for `localhost`, and for no address. */
function connect(options: { url?: string; ca?: Buffer; host?: string } = {}): Database {
  const url = new URL(options.url ?? server.url())
  url.hostname = options.host ?? 'localhost'
  url.searchParams.set('sslmode', 'verify-full')
  const ca = 'ca' in options ? options.ca : authority.ca
  const database = connectDatabase({ url: url.href, poolSize: 1, ...(ca ? { ca } : {}) })
  open.push(database)
  return database
}

const refused = (reason: RegExp) => ({
  status: 503,
  code: 'database_unavailable',
  cause: expect.objectContaining({
    code: 'TLS_FAILED',
    message: expect.stringMatching(reason) as string,
  }) as unknown,
})

const isEncrypted = (database: Database) =>
  database.inTenant('acme-corp', async (tx) => {
    const [row] = await tx.execute(
      sql`select ssl, version from pg_stat_ssl where pid = pg_backend_pid()`,
    )
    return row
  })

describe('sslmode=verify-full', () => {
  it('encrypts for a server whose certificate is of the authority and has its name', async () => {
    expect(await isEncrypted(connect())).toEqual({ ssl: true, version: 'TLSv1.3' })
  })

  it('refuses a certificate of another authority', async () => {
    const { ca } = await createAuthority('Authority of the database')

    await expect(connect({ ca }).ping()).rejects.toMatchObject(refused(/certificate|signature/))
    await expect(connect({ ca: undefined as never }).ping()).rejects.toMatchObject(
      refused(/certificate|signature/),
    )
  })

  it('refuses a certificate that is for another name, or for none of its addresses', async () => {
    await expect(connect({ host: '127.0.0.1' }).ping()).rejects.toMatchObject(
      refused(/IP: 127\.0\.0\.1 is not in the cert/),
    )
  })

  it('refuses a server that offers no TLS', async () => {
    await expect(connect({ url: inject('postgresUrl') }).ping()).rejects.toMatchObject(
      refused(/offers no TLS/),
    )
  })

  it.each([
    ['sends more than its consent (CVE-2021-23222)', Buffer.from('SE-injected'), /offers no TLS/],
    ['consents and then speaks no TLS', Buffer.from('S'), /socket disconnected|wrong version/],
  ])('refuses a server that %s', async (_, answer, reason) => {
    await using fake = await rawServer((socket) => {
      socket.once('data', () => {
        socket.write(answer)
        socket.once('data', () => socket.end('this is no TLS'))
      })
    })

    await expect(
      connect({ url: `postgres://u:p@localhost:${fake.port}/d` }).ping(),
    ).rejects.toMatchObject(refused(reason))
  })

  it('does not send a password before it knows the server', async () => {
    const received: Buffer[] = []
    await using fake = await rawServer((socket) => {
      socket.on('data', (bytes) => {
        received.push(bytes)
        socket.write('N')
      })
    })
    await expect(
      connect({ url: `postgres://u:p@localhost:${fake.port}/d` }).ping(),
    ).rejects.toMatchObject(refused(/offers no TLS/))

    expect(Buffer.concat(received)).toHaveLength(8)
  })
})

describe('migrations', () => {
  it('believe the same servers', async () => {
    const url = (host: string) => {
      const way = new URL(server.url())
      way.hostname = host
      way.searchParams.set('sslmode', 'verify-full')
      return way.href
    }
    const { ca } = authority

    await expect(migrateDatabase({ url: url('127.0.0.1'), ca })).rejects.toThrow(
      /IP: 127\.0\.0\.1 is not in the cert/,
    )
    await expect(migrateDatabase({ url: url('localhost') })).rejects.toThrow(
      /certificate|signature/,
    )
    await migrateDatabase({ url: url('localhost'), ca })
  })
})

describe('an encrypted connection that is lost in the middle', () => {
  it.each([
    ['while a statement runs', sql`select pg_terminate_backend(pg_backend_pid())`],
    ['by the transaction time-out', sql`select pg_sleep(1.3); select pg_sleep(1.3)`],
  ])('%s, takes nothing of its transaction into the next one', async (_, end) => {
    const owner = postgres(server.url(), { max: 1, onnotice: () => {} })
    await owner`create table scratch (writer text)`
    const database = connect()

    let next: Promise<unknown> = Promise.reject(new Error('never asked for'))
    next.catch(() => {})
    const lost = database.inTenant('acme-corp', async (tx) => {
      await tx.execute(sql`insert into scratch values ('acme-corp')`)
      await tx.execute(end).catch(() => {})
      next = database.inTenant('globex', (other) =>
        other.execute(sql`insert into scratch values ('globex')`),
      )
      await tx.execute(sql`insert into scratch values ('after the loss')`).catch(() => {})
      await tx.execute(sql`insert into scratch values ('long after')`)
    })

    await expect(lost).rejects.toMatchObject({ code: 'database_unavailable' })
    await next
    expect((await owner`select writer from scratch`).map((row) => String(row['writer']))).toEqual([
      'globex',
    ])
    await owner`drop table scratch`
    await owner.end()
  })
})
