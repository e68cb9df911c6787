import type { FrameMessage } from '../messages.ts'
import { intercept } from './intercept.ts'

const TENANT_HEADER = 'X-Dashgate-Tenant'
const ERROR_HEADER = 'X-Gateway-Error'
const REQUEST_HEADER = 'X-Request-Id'

type Tell = (message: FrameMessage) => void
type HeaderOf = (name: string) => string | null

/** What the gateway's own refusals mean for the page; an app's errors mean nothing to us. */
export function meaningOf(status: number, header: HeaderOf): FrameMessage | undefined {
  const code = header(ERROR_HEADER)
  if (code === null) return undefined
  if (status === 401 && code === 'session_expired') return { type: 'dashgate:session-ended' }
  if (status === 409 && code === 'tenant_mismatch') return { type: 'dashgate:tenant-mismatch' }
  if (status < 502 || status > 504) return undefined
  const requestId = header(REQUEST_HEADER)
  return {
    type: 'dashgate:failed',
    scope: 'part',
    code,
    ...(requestId !== null && { requestId }),
  }
}

/** Requests of this page say for which tenant it was made, and its refusals reach the shell. */
export function watchNetwork(tenant: string, tell: Tell): void {
  watchFetch(tenant, tell)
  watchXhr(tenant, tell)
}

function watchFetch(tenant: string, tell: Tell): void {
  const realFetch = window.fetch
  window.fetch = async function fetch(input, init) {
    const url = input instanceof Request ? input.url : input
    if (!isOurs(url)) return realFetch(input, init)
    const headers = new Headers(
      init?.headers ?? (input instanceof Request ? input.headers : undefined),
    )
    headers.set(TENANT_HEADER, tenant)
    const response = await realFetch(input, { ...init, headers })
    const meaning = meaningOf(response.status, (name) => response.headers.get(name))
    if (meaning !== undefined) tell(meaning)
    return response
  }
}

function watchXhr(tenant: string, tell: Tell): void {
  const ours = new WeakSet<object>()

  intercept(XMLHttpRequest.prototype, 'open', (call, self, [, url]) => {
    if (!(self instanceof XMLHttpRequest)) return call()
    if (isOurs(String(url))) ours.add(self)
    else ours.delete(self)
    return call()
  })
  intercept(XMLHttpRequest.prototype, 'send', (call, self) => {
    if (self instanceof XMLHttpRequest && ours.has(self)) {
      self.setRequestHeader(TENANT_HEADER, tenant)
      self.addEventListener('loadend', () => listen(self), { once: true })
    }
    return call()
  })

  function listen(request: XMLHttpRequest): void {
    const meaning = meaningOf(request.status, (name) => request.getResponseHeader(name))
    if (meaning !== undefined) tell(meaning)
  }
}

function isOurs(url: string | URL): boolean {
  try {
    return new URL(url, document.baseURI).origin === location.origin
  } catch {
    return false
  }
}
