/** What people call a component: what a screen reader would say, or the heading over it; its id at the least. */
export function labelOf(id: string): string {
  const shown = document.getElementById(id)
  if (shown === null) return id
  const inner = shown.querySelector('[aria-label]')
  const said =
    shown.getAttribute('aria-label') ??
    labelledBy(shown) ??
    document.querySelector(`label[for=${CSS.escape(id)}]`)?.textContent ??
    shown.closest('label')?.firstChild?.textContent ??
    inner?.getAttribute('aria-label') ??
    shown.parentElement?.querySelector('label')?.textContent ??
    shown.closest('section, article, figure, fieldset')?.querySelector('h2, h3, h4, legend')
      ?.textContent
  const words = said?.replaceAll(/\s+/g, ' ').trim() ?? ''
  return words === '' ? id : words.slice(0, 80)
}

function labelledBy(shown: Element): string | undefined {
  const id = shown.getAttribute('aria-labelledby')?.split(' ')[0]
  return (id && document.getElementById(id)?.textContent) || undefined
}
