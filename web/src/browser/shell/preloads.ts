/**
 * What this page preloads is for its frame, which finds it in the browser's cache. Chromium complains
 * some seconds after the load of what was not taken in the page itself, so it is taken: out of the
 * preload, without a request.
 */
export function takePreloads(): void {
  addEventListener('load', () => {
    const links = document.querySelectorAll<HTMLLinkElement>('link[rel=preload][as=fetch]')
    // Whether it came is the frame's business.
    for (const { href } of links) fetch(href).catch(() => {})
  })
}
