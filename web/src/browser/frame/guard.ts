/** The tenant that the surrounding shell was made for; undefined outside a shell. */
export function tenantOfShell(): string | undefined {
  if (parent === window) return undefined
  try {
    return parent.document.documentElement.dataset['tenant']
  } catch {
    // A parent of another site is no shell; frame-ancestors keeps such parents away.
    return undefined
  }
}

/** Nothing of this document may start or show. */
export function blank(): void {
  window.stop()
  document.documentElement.replaceChildren()
}
