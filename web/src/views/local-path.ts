/** The path if it stays on this site, else `/`: a page never links to where a caller's parameter points outside. */
export function localPath(path: string | undefined): string {
  // Browsers drop tabs and line breaks in URLs and read `\` as `/`: `/\t/evil.example` leaves the site.
  if (path === undefined || !/^\/(?!\/)[^\\\p{Cc}]*$/u.test(path)) return '/'
  return path
}

export function withReturnTo(action: '/login' | '/tenant', path: string | undefined): string {
  return `${action}?return_to=${encodeURIComponent(localPath(path).toWellFormed())}`
}
