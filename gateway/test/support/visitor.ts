import { request } from 'undici'
import { CookieJar } from '../../src/canary/cookie-jar.ts'

/** One answer, read to its end. */
export interface Answer {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export interface VisitOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a browser sends when its window goes somewhere. */
export const asNavigation = {
  accept: 'text/html',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none',
}

/** What it sends when a frame does, and when a script asks. */
export const asFrame = {
  ...asNavigation,
  'sec-fetch-dest': 'iframe',
  'sec-fetch-site': 'same-origin',
}
export const asScript = {
  accept: 'application/json',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
  'sec-fetch-site': 'same-origin',
}

const field = (html: string, pattern: RegExp) => pattern.exec(html)?.[1]?.replaceAll('&amp;', '&')

/** Where a page of ours that is only passed through goes on to. */
export const nextOf = (html: string): string =>
  field(html, /<a[^>]*href="([^"]*)"\s+data-opening/) ?? ''

/** Somebody with a browser, as far as HTTP goes: cookies, redirects, the sign-in form. */
export class Visitor {
  readonly cookies = new CookieJar()
  /** Cookies of the provider, which is another host to a browser's jar only by its port. */
  readonly #providerCookies = new CookieJar()
  /** Every answer so far, for tests that search all bytes. */
  readonly answers: Answer[] = []
  readonly publicUrl: string
  /** The replica that answers for the public URL from now on, as a load balancer would choose it. */
  via: string | undefined
  /** What the browser says of itself. */
  userAgent: string | undefined

  constructor(publicUrl: string) {
    this.publicUrl = publicUrl
  }

  /** One request, no redirect followed. */
  async ask(
    path: string,
    { method = 'GET', headers = {}, body }: VisitOptions = {},
  ): Promise<Answer> {
    const url = new URL(path, this.publicUrl)
    const isPublic = url.origin === this.publicUrl
    const jar = isPublic ? this.cookies : this.#providerCookies
    const target = isPublic && this.via ? new URL(url.pathname + url.search, this.via) : url
    // Not fetch(): that one decides by itself what Sec-Fetch-Mode says.
    const response = await request(target, {
      method: method as 'GET',
      headers: {
        host: url.host,
        ...(jar.header ? { cookie: jar.header } : {}),
        ...(this.userAgent === undefined ? {} : { 'user-agent': this.userAgent }),
        ...headers,
      },
      body: body ?? null,
    })
    const received = new Headers()
    for (const [name, value] of Object.entries(response.headers)) {
      for (const one of [value ?? []].flat()) received.append(name, one)
    }
    jar.keep(received.getSetCookie())
    const text = await response.body.text()
    const answer = { url: url.href, status: response.statusCode, headers: received, text }
    this.answers.push(answer)
    return answer
  }

  script(path: string, options: VisitOptions = {}): Promise<Answer> {
    return this.ask(path, { ...options, headers: { ...asScript, ...options.headers } })
  }

  /** Goes somewhere as a window does, redirects included. */
  async visit(path: string): Promise<Answer> {
    let answer = await this.ask(path, { headers: asNavigation })
    for (let hops = 0; answer.headers.has('location') && hops < 12; hops += 1) {
      answer = await this.ask(new URL(answer.headers.get('location') ?? '', answer.url).href, {
        headers: asNavigation,
      })
    }
    return answer
  }

  submit(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const origin = new URL(path, this.publicUrl).origin
    return this.ask(path, {
      method: 'POST',
      headers: {
        ...asNavigation,
        'sec-fetch-site': 'same-origin',
        origin,
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      body: new URLSearchParams(fields).toString(),
    })
  }

  /** Fills in the provider's form; the answer is the page where the sign-in led. */
  async signIn(login: string, returnTo = '/', password = 'demo'): Promise<Answer> {
    const form = await this.visit(`/login?return_to=${encodeURIComponent(returnTo)}`)
    // Whoever is still signed in at the provider is not asked again.
    if (form.url.startsWith(this.publicUrl)) return form
    const action = new URL(field(form.text, /<form[^>]*action="([^"]+)"/) ?? '', form.url).href
    const hidden = [...form.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
      field(input, /name="([^"]*)"/) ?? '',
      field(input, /value="([^"]*)"/) ?? '',
    ])
    const sent = await this.submit(action, { ...Object.fromEntries(hidden), login, password })
    const next = sent.headers.get('location')
    return next === null ? sent : this.visit(new URL(next, sent.url).href)
  }
}
