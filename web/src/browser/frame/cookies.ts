/**
 * Cookies belong to the whole host: an app would see those of all others, and could take the name of
 * any. The gateway passes none on (docs/decisions/0002), so scripts see none and set none.
 */
export function hideCookies(): void {
  Object.defineProperty(Document.prototype, 'cookie', {
    get: () => '',
    set() {},
    configurable: true,
    enumerable: true,
  })
  // Apps that look for this newer way in find that it is not there.
  Reflect.deleteProperty(window, 'cookieStore')
}

/** What a page writes here would be read by the next one in the same frame, whoever that is for. */
export function forgetWindowName(): void {
  window.name = ''
}
