/** A browser's cookies for one origin, as far as sign-in needs them: names, values, deletion. */
export class CookieJar {
  readonly #cookies = new Map<string, string>()

  get header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  get(name: string): string | undefined {
    return this.#cookies.get(name)
  }

  set(name: string, value: string): void {
    this.#cookies.set(name, value)
  }

  get names(): string[] {
    return [...this.#cookies.keys()]
  }

  /** Takes over `Set-Cookie` fields; `Max-Age=0` and a date in the past delete. */
  keep(setCookies: readonly string[]): void {
    for (const setCookie of setCookies) {
      const [pair = '', ...attributes] = setCookie.split('; ')
      const name = pair.slice(0, pair.indexOf('='))
      const gone = attributes.some((attribute) => {
        const [key = '', value = ''] = attribute.split('=')
        if (key.toLowerCase() === 'max-age') return Number(value) <= 0
        return key.toLowerCase() === 'expires' && Date.parse(value) < Date.now()
      })
      if (gone) this.#cookies.delete(name)
      else this.#cookies.set(name, pair.slice(pair.indexOf('=') + 1))
    }
  }
}
