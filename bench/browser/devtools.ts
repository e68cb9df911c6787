/** Chromium's DevTools protocol over one WebSocket; what is asked of a tab names the session that is attached to it. */

export type Params = Readonly<Record<string, unknown>>

interface Message {
  readonly id?: number
  readonly sessionId?: string
  readonly method?: string
  readonly params?: Params
  readonly result?: Params
  readonly error?: { readonly message: string }
}

export async function connectDevtools(url: string) {
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', () => reject(new Error(`No answer at ${url}`)), { once: true })
  })
  const waiting = new Map<number, PromiseWithResolvers<Params>>()
  const listeners = new Map<string, (method: string, params: Params) => void>()
  let last = 0

  socket.addEventListener('message', ({ data }) => {
    const {
      id,
      sessionId = '',
      method,
      params = {},
      result = {},
      error,
    } = JSON.parse(String(data)) as Message
    if (method !== undefined) listeners.get(sessionId)?.(method, params)
    if (id === undefined) return
    if (error) waiting.get(id)?.reject(new Error(error.message))
    else waiting.get(id)?.resolve(result)
    waiting.delete(id)
  })
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium has gone'))
  })

  return {
    async send(method: string, params: Params = {}, sessionId?: string): Promise<Params> {
      const answer = Promise.withResolvers<Params>()
      waiting.set(++last, answer)
      socket.send(JSON.stringify({ id: last, method, params, sessionId }))
      return answer.promise
    },
    listen(sessionId: string, listener: (method: string, params: Params) => void): void {
      listeners.set(sessionId, listener)
    },
    close: () => socket.close(),
  }
}

export type Devtools = Awaited<ReturnType<typeof connectDevtools>>
