import { GatewayError } from '../edge/gateway-error.ts'
import type { Asker, Release } from './asker.ts'

const tooMany = (code: string, message: string) =>
  new GatewayError(429, code, message, { headers: { 'Retry-After': '10' } })

/** Counts up to a limit, and knows only what is not zero. */
function createCounters() {
  const counts = new Map<string, number>()
  return {
    hasRoom: (key: string, limit: number) => (counts.get(key) ?? 0) < limit,
    add(key: string, change: 1 | -1): void {
      const count = (counts.get(key) ?? 0) + change
      if (count > 0) counts.set(key, count)
      else counts.delete(key)
    },
  }
}

/** WebSockets and long answers, which are open for hours and do nothing most of the time. */
export function createStreams() {
  const tenants = createCounters()
  const users = createCounters()

  /** Why it may not be opened. */
  function refusalOf({ tenantId, user, limits }: Asker): GatewayError | undefined {
    if (!users.hasRoom(user, limits.userStreams)) {
      return tooMany(
        'too_many_requests',
        'You have too many live connections open. Close some tabs.',
      )
    }
    if (tenants.hasRoom(tenantId, limits.streams)) return undefined
    return tooMany('tenant_busy', 'Your organisation has too many live connections open.')
  }

  function open({ tenantId, user }: Asker): Release {
    tenants.add(tenantId, 1)
    users.add(user, 1)
    let isOver = false
    return function release() {
      if (isOver) return
      isOver = true
      tenants.add(tenantId, -1)
      users.add(user, -1)
    }
  }

  return {
    /** `undefined` where there is no room for one more. */
    openIfRoom: (asker: Asker) => (refusalOf(asker) ? undefined : open(asker)),

    /** @throws {GatewayError} 429 where there is no room for one more */
    open(asker: Asker): Release {
      const refusal = refusalOf(asker)
      if (refusal) throw refusal
      return open(asker)
    },
  }
}

export type Streams = ReturnType<typeof createStreams>
