import { LRUCache } from 'lru-cache'
import type { AuditStore } from '../audit/audit-store.ts'
import { callerOf } from '../edge/caller.ts'
import type { KnownCaller, RefusalReason } from './refusal.ts'

/** One refused request, as the audit log is told of it. */
export interface RefusedRequest {
  readonly reason: RefusalReason
  readonly known: KnownCaller
  readonly address: string
  readonly requestId: string
  readonly method?: string
  readonly path?: string
}

export interface RefusalLogOptions {
  readonly audit: Pick<AuditStore, 'record'>
  /** Told when a line could not be written; the refusal stands all the same. */
  readonly onFault: (error: unknown) => void
  /** For tests; milliseconds. */
  readonly now?: () => number
}

const windowMs = 60_000
/** Lines in one window, whoever the callers are. */
const linesInWindow = 60
/** Callers whose refusals are counted apart. */
const counted = 1000

interface Count {
  closedUntil: number
  /** Refusals that have no line of their own. */
  suppressed: number
}

/**
 * Writes refusals to the audit log: one line a minute for each reason and caller, and no more than 60
 * for all of them. Whoever floods the listener must not fill the log. What gets no line is counted,
 * and the next line says how many there were: `suppressed` of the same caller and reason,
 * `suppressedOthers` of callers that are no longer counted apart.
 */
export function createRefusalLog({
  audit,
  onFault,
  now = () => performance.now(),
}: RefusalLogOptions) {
  let others = 0
  const counts = new LRUCache<string, Count>({
    max: counted,
    dispose: (count, _, why) => void (others += why === 'evict' ? count.suppressed : 0),
  })
  let windowEnds = -Infinity
  let lines = 0

  function hasRoom(): boolean {
    if (now() >= windowEnds) {
      windowEnds = now() + windowMs
      lines = 0
    }
    return lines < linesInWindow
  }

  function countOf(key: string): Count {
    const known = counts.get(key)
    if (known) return known
    const count = { closedUntil: -Infinity, suppressed: 0 }
    counts.set(key, count)
    return count
  }

  return {
    /** Never throws. */
    async record(refused: RefusedRequest): Promise<void> {
      const count = countOf(`${refused.reason} ${identityOf(refused)}`)
      if (now() < count.closedUntil || !hasRoom()) {
        count.suppressed += 1
        return
      }
      const told = { suppressed: count.suppressed, suppressedOthers: others }
      lines += 1
      others = 0
      Object.assign(count, { closedUntil: now() + windowMs, suppressed: 0 })
      try {
        await audit.record(lineOf(refused, told))
      } catch (error) {
        count.suppressed += told.suppressed + 1
        others += told.suppressedOthers
        onFault(error)
      }
    },
  }
}

export type RefusalLog = ReturnType<typeof createRefusalLog>

/** Who it was, where that is proven; what anybody can claim is no identity. */
const identityOf = ({ known, address }: RefusedRequest): string =>
  known.client ?? (known.certificate?.isTrusted ? known.certificate.fingerprint : callerOf(address))

function lineOf(
  { reason, known, address, requestId, method, path }: RefusedRequest,
  told: { readonly suppressed: number; readonly suppressedOthers: number },
) {
  const { certificate, client } = known
  const actor = client ?? (certificate?.isTrusted ? certificate.subject : 'unknown')
  return {
    action: 'admin.refused',
    actor: { type: 'client', id: actor } as const,
    requestId,
    detail: {
      reason,
      address,
      ...(method === undefined ? {} : { method }),
      ...(path === undefined ? {} : { path: path.slice(0, 300) }),
      ...known,
      ...Object.fromEntries(Object.entries(told).filter(([, times]) => times > 0)),
    },
  }
}
