import { stack } from './stack.ts'
import { asNavigation, nextOf, type Answer, type Visitor } from './visitor.ts'

/** Cookies that are sent only along with what our own site has begun. */
const strict = ['__Host-Http-session', '__Host-Http-arrived']

/** More steps than any sign-in has; a loop has more. */
const mostSteps = 60

export interface StrictBrowserOptions {
  /** Which cookies it keeps of an answer; all if left out. */
  readonly keeps?: (answer: Answer) => boolean
  /** Done after each answer. */
  readonly after?: (answer: Answer) => Promise<unknown>
}

/**
 * Goes somewhere as a browser does that takes the provider for another site: redirects and pages that
 * are only passed through are followed, and Strict cookies stay behind where another site has sent
 * the browser. Whoever is signed in at the provider is not asked again.
 *
 * @param site where the link was
 */
export async function follow(
  one: Visitor,
  path: string,
  site: 'none' | 'cross-site',
  { keeps = () => true, after = () => Promise.resolve() }: StrictBrowserOptions = {},
): Promise<{ last: Answer; steps: string[] }> {
  const steps: string[] = []
  let [next, from] = [new URL(path, stack.publicUrl).href, site as string]
  for (;;) {
    const cookies = one.cookies.header
      .split('; ')
      .filter(
        (pair) => from !== 'cross-site' || !strict.some((name) => pair.startsWith(`${name}=`)),
      )
    const isOurs = next.startsWith(stack.publicUrl)
    const last = await one.ask(next, {
      headers: {
        ...asNavigation,
        'sec-fetch-site': from,
        ...(isOurs ? { cookie: cookies.join('; ') } : {}),
      },
    })
    if (isOurs && !keeps(last)) {
      const names = last.headers.getSetCookie().map((text) => text.split('=')[0])
      one.cookies.keep(names.map((name) => `${name}=; Max-Age=0`))
    }
    await after(last)
    if (isOurs) steps.push(`${last.status} ${new URL(last.url).pathname}`)
    const location = last.headers.get('location')
    const passed = nextOf(last.text)
    if (location === null && passed === '') return { last, steps }
    if (steps.length > mostSteps) throw new Error(`a loop: ${steps.join(', ')}`)
    if (location === null) from = 'same-origin'
    else if (!isOurs) from = 'cross-site'
    next = new URL(location ?? passed, next).href
  }
}
