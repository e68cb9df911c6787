/** The request headers that tell who is asking: a person's browser going somewhere, or a script. */
export interface ClientHints {
  readonly method: string
  readonly secFetchMode: string | undefined
  readonly secFetchDest: string | undefined
  readonly secFetchSite: string | undefined
  readonly accept: string | undefined
}

/** `document`: the browser's own window; `frame`: inside a page; `script`: whatever cannot read a page. */
export type ClientKind = 'document' | 'frame' | 'script'

const frames = new Set(['iframe', 'frame', 'embed', 'object'])

/**
 * Tells navigations from everything else (Fetch Metadata). A script must never be redirected to a
 * sign-in page: Dash would take that page for an answer and wait for ever.
 */
export function clientKind(hints: ClientHints): ClientKind {
  if (hints.method !== 'GET' && hints.method !== 'HEAD' && hints.secFetchMode !== 'navigate') {
    return 'script'
  }
  if (hints.secFetchMode !== undefined) {
    if (hints.secFetchMode !== 'navigate') return 'script'
    return frames.has(hints.secFetchDest ?? '') ? 'frame' : 'document'
  }
  return (hints.accept ?? '').includes('text/html') ? 'document' : 'script'
}
