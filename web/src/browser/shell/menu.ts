/** A menu closes with Escape and with a click elsewhere; without a script its own button does it. */
export function closeMenus(): void {
  addEventListener('click', ({ target }) => {
    const inside = target instanceof Node ? target : null
    for (const menu of openMenus()) if (!menu.contains(inside)) menu.open = false
  })
  addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return
    for (const menu of openMenus()) {
      menu.open = false
      menu.querySelector('summary')?.focus()
    }
  })
  // A click into the dashboard's frame reaches this page only as the loss of focus.
  addEventListener('blur', () => {
    for (const menu of openMenus()) menu.open = false
  })
}

/** The skip link moves the focus without leaving `#main` in an address that people share. */
export function keepAddressClean(): void {
  document.querySelector('.skip-link')?.addEventListener('click', (event) => {
    event.preventDefault()
    document.getElementById('main')?.focus()
  })
}

function openMenus(): Iterable<HTMLDetailsElement> {
  return document.querySelectorAll<HTMLDetailsElement>('details.menu[open]')
}
