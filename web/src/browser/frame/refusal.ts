import type { FrameMessage } from '../messages.ts'

const ERROR_HEADER = 'X-Gateway-Error'
const REQUEST_HEADER = 'X-Request-Id'

type HeaderOf = (name: string) => string | null

/** What the gateway's own refusals mean for the page; an app's errors mean nothing to us. */
export function meaningOf(status: number, header: HeaderOf): FrameMessage | undefined {
  const code = header(ERROR_HEADER)
  if (code === null) return undefined
  if (status === 401 && code === 'session_expired') return { type: 'dashgate:session-ended' }
  if (status === 409 && code === 'tenant_mismatch') return { type: 'dashgate:tenant-mismatch' }
  if (status === 409 && code === 'person_mismatch') return { type: 'dashgate:person-mismatch' }
  if (status === 429) {
    return {
      type: 'dashgate:busy',
      whose: code === 'tenant_busy' ? 'tenant' : 'person',
      waiting: false,
    }
  }
  if (status < 502 || status > 504) return undefined
  const requestId = header(REQUEST_HEADER)
  return {
    type: 'dashgate:failed',
    scope: 'part',
    code,
    ...(requestId !== null && { requestId }),
  }
}
