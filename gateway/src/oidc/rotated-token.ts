import { AsyncLocalStorage } from 'node:async_hooks'

/** The refresh token in an answer of the token endpoint (RFC 6749 §5.1). */
function refreshTokenIn(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer !== 'object' || answer === null || !('refresh_token' in answer))
      return undefined
    return typeof answer.refresh_token === 'string' ? answer.refresh_token : undefined
  } catch {
    return undefined
  }
}

/**
 * A refresh token that replaces another must be known even when the rest of the answer is not believed,
 * e.g. because the provider's keys could not be had just then: the one before is used up by now. Of such
 * an answer openid-client gives nothing, so it is listened to on its way there.
 */
export function createRotatedTokens(fetch: (url: string, init: RequestInit) => Promise<Response>) {
  const listening = new AsyncLocalStorage<{ refreshToken?: string }>()
  return {
    async fetch(url: string, init: RequestInit): Promise<Response> {
      const response = await fetch(url, init)
      const heard = listening.getStore()
      if (!heard || init.method !== 'POST' || !response.ok) return response
      const text = await response.text()
      const refreshToken = refreshTokenIn(text)
      if (refreshToken !== undefined) heard.refreshToken = refreshToken
      const { status, statusText, headers } = response
      return new Response(text, { status, statusText, headers })
    },

    /** Runs one refresh; `heard` gets the token that its answer brought. */
    async during<T>(work: (heard: { readonly refreshToken?: string }) => Promise<T>): Promise<T> {
      const heard = {}
      return listening.run(heard, () => work(heard))
    },
  }
}
