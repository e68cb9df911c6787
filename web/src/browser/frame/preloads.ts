/**
 * What the gateway has told the browser to fetch before anything here could ask for it. A preload serves
 * the same URL only, and cannot have headers: it says in its query for whom it is. So whoever asks for
 * the path is given what asks for that, once: later questions are new ones.
 */
export function createPreloads() {
  const taken = new Set<string>()

  return {
    take(input: RequestInfo | URL, init: RequestInit | undefined): string | undefined {
      if (input instanceof Request || (init?.method ?? 'GET') !== 'GET') return undefined
      const wanted = new URL(input, document.baseURI)
      if (wanted.search !== '') return undefined
      const links = document.querySelectorAll<HTMLLinkElement>('link[rel=preload][as=fetch]')
      const found = [...links].find(({ href }) => {
        const url = new URL(href)
        return url.origin === wanted.origin && url.pathname === wanted.pathname
      })
      if (found === undefined || taken.has(found.href)) return undefined
      taken.add(found.href)
      return found.href
    },
  }
}
