import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Database, Transaction } from '../db/client.ts'
import { audited, type AdminEnv } from './admin-env.ts'
import { handle } from './operation.ts'
import { InvalidInput } from './problem.ts'
import { rotateSecret } from './secret-api.ts'

type Ring = 'cookie' | 'tenant-token' | 'data'

interface RotatedRing {
  readonly ring: Ring
  readonly kid: string
  readonly usedFrom: Date
  readonly previous: readonly { readonly kid: string; readonly acceptedUntil: Date }[]
}

/** What a rotation needs of the key rings. */
export interface RotatingKeys {
  /** New keys for one ring or for all; what the ones before have made stays good for its time. */
  rotateIn(
    tx: Transaction,
    order: { readonly ring?: Ring | undefined; readonly rotationId?: string | undefined },
  ): Promise<{
    readonly outcome: 'rotated' | 'repeated' | 'another'
    readonly rotated: readonly RotatedRing[]
  }>
  reload(): Promise<void>
}

/** Each operator has names of its own for what it orders. */
export const rotationIdOf = (operator: string, idempotencyKey: string) =>
  createHash('sha256').update(`${operator}\n${idempotencyKey}`).digest('base64url')

const answerOf = ({ ring, kid, usedFrom, previous }: RotatedRing) => ({
  ring,
  kid,
  usedFrom: usedFrom.toISOString(),
  previous: previous.map((key) => ({
    kid: key.kid,
    acceptedUntil: key.acceptedUntil.toISOString(),
  })),
})

/** POST /admin/rotate-secret: a new key for one ring or for all; nobody is signed out. */
export function secretRoutes(
  database: Database,
  audit: Pick<AuditStore, 'recordIn'>,
  keys: RotatingKeys,
) {
  const routes = new Hono<AdminEnv>()
  handle(routes, rotateSecret, async (c, { body: { ring }, headers }) => {
    const { 'idempotency-key': idempotencyKey } = headers
    const rotationId = idempotencyKey && rotationIdOf(c.get('operator'), idempotencyKey)
    const rotated = await database.forPurpose('admin', async (tx) => {
      const rotation = await keys.rotateIn(tx, { ring, rotationId })
      if (rotation.outcome === 'another') throw usedBefore()
      const answer = rotation.rotated.map(answerOf)
      if (rotation.outcome === 'rotated') {
        const detail = { rotated: answer }
        await audit.recordIn(tx, { ...audited(c), action: 'secret.rotated', detail })
      }
      return answer
    })
    await keys.reload()
    return c.json({ rotated })
  })
  return routes
}

const usedBefore = () =>
  new InvalidInput([
    { field: 'idempotency-key', message: 'was used for a rotation of other rings' },
  ])
