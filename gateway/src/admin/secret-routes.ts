import { Hono } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Database, Transaction } from '../db/client.ts'
import { audited, type AdminEnv } from './admin-env.ts'
import { handle } from './operation.ts'
import { rotateSecret } from './secret-api.ts'

type Ring = 'cookie' | 'tenant-token' | 'data'

/** What a rotation needs of the key rings. */
export interface RotatingKeys {
  /** Adds a new first key to one ring or to all; the older ones stay valid for what they sealed. */
  rotateIn(tx: Transaction, ring?: Ring): Promise<{ readonly ring: Ring; readonly kid: string }[]>
  reload(): Promise<void>
}

/** POST /admin/rotate-secret: a new key for one ring or for all; nobody is signed out. */
export function secretRoutes(
  database: Database,
  audit: Pick<AuditStore, 'recordIn'>,
  keys: RotatingKeys,
) {
  const routes = new Hono<AdminEnv>()
  handle(routes, rotateSecret, async (c, { body: { ring } }) => {
    const rotated = await database.forPurpose('admin', async (tx) => {
      const fresh = await keys.rotateIn(tx, ring)
      await audit.recordIn(tx, {
        ...audited(c),
        action: 'secret.rotated',
        detail: { rotated: fresh },
      })
      return fresh
    })
    await keys.reload()
    return c.json({ rotated })
  })
  return routes
}
