import { DatabaseSync } from 'node:sqlite'

import type { Adapter, AdapterPayload } from 'oidc-provider'

interface Row {
  payload: string
}

/**
 * What the provider remembers, in one file: a restart of the provider must not end the sessions of
 * a gateway, whose refresh tokens it issued.
 */
export function createSqliteAdapter(file: string): (model: string) => Adapter {
  const database = new DatabaseSync(file)
  database.exec(`
    pragma journal_mode = wal;
    pragma synchronous = normal;
    create table if not exists entries (
      model text not null, id text not null, payload text not null, expires_at integer,
      grant_id text, uid text, user_code text, primary key (model, id)
    ) without rowid;
    create index if not exists entries_by_grant on entries (grant_id);
    create index if not exists entries_by_uid on entries (uid);
  `)
  database.prepare('delete from entries where expires_at < ?').run(now())

  const upsert = database.prepare(`
    insert into entries (model, id, payload, expires_at, grant_id, uid, user_code)
    values (?, ?, ?, ?, ?, ?, ?)
    on conflict (model, id) do update set payload = excluded.payload,
      expires_at = excluded.expires_at, grant_id = excluded.grant_id, uid = excluded.uid,
      user_code = excluded.user_code`)
  const isValid = 'model = ? and (expires_at is null or expires_at >= ?)'
  const byId = database.prepare(`select payload from entries where ${isValid} and id = ?`)
  const byUid = database.prepare(`select payload from entries where ${isValid} and uid = ?`)
  const byUserCode = database.prepare(
    `select payload from entries where ${isValid} and user_code = ?`,
  )
  const consume = database.prepare(
    `update entries set payload = json_set(payload, '$.consumed', ?) where model = ? and id = ?`,
  )
  const destroy = database.prepare('delete from entries where model = ? and id = ?')
  // Of this model alone: an interaction names its grant, too, and must outlive it while somebody
  // takes another account.
  const revoke = database.prepare('delete from entries where model = ? and grant_id = ?')

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      const expiresAt = expiresIn ? now() + expiresIn : null
      const { grantId = null, uid = null, userCode = null } = payload
      // A grant has its own id under this name, and goes by destroy().
      const grant = model === 'Grant' ? null : grantId
      upsert.run(model, id, JSON.stringify(payload), expiresAt, grant, uid, userCode)
    },
    find: async (id) => parse(byId.get(model, now(), id)),
    findByUid: async (uid) => parse(byUid.get(model, now(), uid)),
    findByUserCode: async (userCode) => parse(byUserCode.get(model, now(), userCode)),
    async consume(id) {
      consume.run(now(), model, id)
    },
    async destroy(id) {
      destroy.run(model, id)
    },
    async revokeByGrantId(grantId) {
      revoke.run(model, grantId)
    },
  })
}

function parse(row: unknown): AdapterPayload | undefined {
  return row ? (JSON.parse((row as Row).payload) as AdapterPayload) : undefined
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
