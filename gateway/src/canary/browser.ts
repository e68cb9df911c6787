import { Agent, request } from 'undici'
import { CookieJar } from './cookie-jar.ts'

/** One answer, read to its end or to {@link longestBody}. */
export interface Answer {
  readonly url: string
  readonly status: number
  /** Names and values as they came, one line each. */
  readonly headers: string
  readonly location: string | undefined
  readonly requestId: string
  readonly text: string
}

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a browser sends when its window, its frame, or a script of its page asks. */
export const asWindow = {
  accept: 'text/html',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'same-origin',
}
export const asFrame = { ...asWindow, 'sec-fetch-dest': 'iframe' }
export const asScript = {
  accept: 'application/json',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
  'sec-fetch-site': 'same-origin',
}

/** Layouts and figures of canary data are small; an app that never ends its answer must not fill us. */
const longestBody = 32 * 1024 * 1024
const longestRedirects = 12

/** Somebody with a browser, as far as HTTP goes: cookies by origin, redirects, no script. */
export function createBrowser({ timeoutMs = 30_000 }: { timeoutMs?: number } = {}) {
  const jars = new Map<string, CookieJar>()
  const dispatcher = new Agent({ headersTimeout: timeoutMs, bodyTimeout: timeoutMs })

  function jarOf(origin: string): CookieJar {
    const jar = jars.get(origin) ?? new CookieJar()
    jars.set(origin, jar)
    return jar
  }

  /** One request; no redirect is followed. */
  async function ask(url: string, { method = 'GET', headers = {}, body }: Question = {}) {
    const jar = jarOf(new URL(url).origin)
    // Not fetch(): that one decides by itself what Sec-Fetch-Mode says.
    const response = await request(url, {
      method,
      dispatcher,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'user-agent': 'dashgate-canary',
        ...(jar.header ? { cookie: jar.header } : {}),
        ...headers,
      },
      body: body ?? null,
    })
    const fields = Object.entries(response.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one) => [name, one] as const),
    )
    jar.keep(fields.filter(([name]) => name === 'set-cookie').map(([, value]) => value))
    const first = (wanted: string) => fields.find(([name]) => name === wanted)?.[1]
    const answer: Answer = {
      url,
      status: response.statusCode,
      headers: fields.map((field) => field.join(': ')).join('\n'),
      location: first('location'),
      requestId: first('x-request-id') ?? '',
      text: await textOf(response.body),
    }
    return answer
  }

  /** Goes somewhere as a window does, until a page is there, or `isThere` says so of an address. */
  async function visit(
    url: string,
    isThere: (url: string) => boolean = () => false,
  ): Promise<Answer> {
    let answer = await ask(url, { headers: asWindow })
    for (let hops = 0; answer.location !== undefined && hops < longestRedirects; hops += 1) {
      const next = new URL(answer.location, answer.url).href
      if (isThere(next)) return answer
      answer = await ask(next, { headers: asWindow })
    }
    return answer
  }

  const submit = (url: string, fields: Readonly<Record<string, string>>) =>
    ask(url, {
      method: 'POST',
      headers: {
        ...asWindow,
        origin: new URL(url).origin,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(fields).toString(),
    })

  return {
    ask,
    visit,
    submit,
    forget: () => jars.clear(),
    close: () => dispatcher.close(),
  }
}

export type Browser = ReturnType<typeof createBrowser>

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > longestBody) throw new Error(`The answer is longer than ${longestBody} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
