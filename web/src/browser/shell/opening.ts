/** As many characters as the gateway takes for a place to return to, which the fragment is part of. */
const longest = 2048

/**
 * The address to go on with, with the fragment of this page in its `return_to`. One that the gateway
 * would not take is left behind: better the right page than none.
 */
export function withFragment(href: string, fragment: string): string {
  const url = new URL(href)
  const returnTo = (url.searchParams.get('return_to') ?? '/') + fragment
  if (returnTo.length > longest || !/^#[\x21-\x5b\x5d-\x7e]+$/.test(fragment)) return href
  url.searchParams.set('return_to', returnTo)
  return url.href
}

/** On the page that is only passed through: goes on at once, and leaves no entry in the history. */
export function passThrough(): void {
  const link = document.querySelector<HTMLAnchorElement>('a[data-opening]')
  if (link !== null) location.replace(withFragment(link.href, location.hash))
}
