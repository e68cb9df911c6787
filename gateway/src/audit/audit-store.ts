import type { Database, Transaction } from '../db/client.ts'
import { auditLogs } from '../db/schema.ts'
import { storableObject, storableText } from './storable.ts'

/** Who did what, for which tenant, in which request. */
export interface AuditLine {
  /** A stable word, for instance `dashboard.open`. */
  readonly action: string
  readonly actor: {
    readonly type: 'user' | 'client' | 'gateway'
    readonly id: string
    readonly email?: string
    /** How a client has proven who it is; kept in the detail, as `operator`. */
    readonly proof?: Readonly<Record<string, string>>
  }
  readonly tenantId?: string
  readonly dashboard?: string
  readonly requestId: string
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Writes the audit log. Whatever must be recorded fails when the record cannot be written. */
export interface AuditStore {
  record(line: AuditLine): Promise<void>
  /** In the transaction of the change itself: both are kept, or neither. */
  recordIn(tx: Transaction, line: AuditLine): Promise<void>
  /** Lines that are being written, and what came of the others; for the metrics. */
  use(): { readonly pending: number; readonly written: number; readonly failed: number }
}

export function createAuditStore(database: Database): AuditStore {
  let pending = 0
  let written = 0
  let failed = 0

  async function counted(writing: () => Promise<void>): Promise<void> {
    pending += 1
    try {
      await writing()
      written += 1
    } catch (error) {
      failed += 1
      throw error
    } finally {
      pending -= 1
    }
  }

  return {
    record: (line) => counted(() => database.forPurpose('audit', (tx) => recordIn(tx, line))),
    recordIn: (tx, line) => counted(() => recordIn(tx, line)),
    use: () => ({ pending, written, failed }),
  }
}

async function recordIn(tx: Transaction, line: AuditLine): Promise<void> {
  await tx.insert(auditLogs).values({
    action: clip(line.action, 100),
    actorType: line.actor.type,
    actor: clip(line.actor.id, 800),
    actorEmail: line.actor.email === undefined ? null : clip(line.actor.email, 320),
    tenantId: line.tenantId ? clip(line.tenantId, 100) : null,
    dashboardSlug: line.dashboard ? clip(line.dashboard, 100) : null,
    requestId: clip(line.requestId, 100),
    detail: storableObject({
      ...line.detail,
      ...(line.actor.proof && { operator: line.actor.proof }),
    }),
  })
}

/** Cut first: what is left of a surrogate pair is made good after. */
const clip = (text: string, length: number): string => storableText(text.slice(0, length)) || '-'
