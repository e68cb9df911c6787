import { shell as words } from '../../words/en/shell.ts'
import { clients, type Command, commandsOfPage, dashboards } from './commands.ts'
import { element } from './elements.ts'

const MOST = 12

/**
 * Ctrl-K or ⌘-K: go to a dashboard, switch to a client or a view, or do what the page offers. A combobox with a
 * list box in a modal dialog (WAI-ARIA Authoring Practices, combobox with list autocomplete).
 */
export function offerPalette(canSwitch: boolean): { listenIn: (target: Window) => void } {
  let open: (() => void) | undefined
  const show = () => {
    if (document.querySelector('dialog[open]')) return
    open ??= createPalette(canSwitch)
    open()
  }
  function onKey(event: KeyboardEvent): void {
    const isK = event.key.toLowerCase() === 'k' && !event.shiftKey && !event.altKey
    // An app that uses the keys for itself says so.
    if (!isK || event.ctrlKey === event.metaKey || event.defaultPrevented) return
    event.preventDefault()
    show()
  }
  addEventListener('keydown', onKey)
  for (const button of document.querySelectorAll<HTMLElement>('[data-palette]')) {
    button.hidden = false
    button.addEventListener('click', show)
  }
  // Keys that are pressed in a frame are not heard around it.
  return { listenIn: (target) => target.addEventListener('keydown', onKey) }
}

function createPalette(canSwitch: boolean): () => void {
  const input = element('input', {
    class: 'field',
    role: 'combobox',
    'aria-label': words.palette,
    'aria-expanded': 'true',
    'aria-controls': 'palette-list',
    'aria-autocomplete': 'list',
    placeholder: words.palette,
    maxlength: '100',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  const list = element('ul', { id: 'palette-list', role: 'listbox', 'aria-label': words.palette })
  const none = element('p', { class: 'quiet', role: 'status' })
  const dialog = element(
    'dialog',
    { class: 'palette', closedby: 'any', 'aria-label': words.palette },
    input,
    list,
    none,
  )
  document.body.append(dialog)
  let own: Command[] = []
  let places: Command[] = []
  let found: Command[] = []
  let shown: Command[] = []
  let active = 0
  let timer: number | undefined

  input.addEventListener('input', () => {
    found = []
    draw()
    clearTimeout(timer)
    if (canSwitch && input.value.trim() !== '') timer = window.setTimeout(() => void ask(), 150)
  })
  input.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && shown.length > 0) {
      event.preventDefault()
      active = (active + step + shown.length) % shown.length
      mark()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(active)
    }
  })
  list.addEventListener('click', ({ target }) => {
    const item = target instanceof Element ? target.closest('li') : null
    if (item !== null) run([...list.children].indexOf(item))
  })

  return function open(): void {
    input.value = ''
    own = commandsOfPage()
    found = []
    draw()
    dialog.showModal()
    void listPlaces()
  }

  async function listPlaces(): Promise<void> {
    places = await dashboards()
    draw()
  }

  async function ask(): Promise<void> {
    const query = input.value
    const answer = await clients(query)
    if (query !== input.value) return
    found = answer
    draw()
  }

  function draw(): void {
    const wanted = fold(input.value).split(/\s+/)
    const fits = ({ label, kind }: Command) => {
      const said = fold(`${label} ${kind}`)
      return wanted.every((word) => said.includes(word))
    }
    shown = [...places.filter(fits), ...found, ...own.filter(fits)].slice(0, MOST)
    list.replaceChildren(
      ...shown.map(({ label, kind }, i) =>
        element('li', { role: 'option', id: `palette-${i}` }, label, element('span', {}, kind)),
      ),
    )
    none.textContent = shown.length === 0 ? words.paletteNone : ''
    active = 0
    mark()
  }

  function mark(): void {
    for (const [i, item] of [...list.children].entries()) {
      item.setAttribute('aria-selected', String(i === active))
      if (i === active) item.scrollIntoView({ block: 'nearest' })
    }
    if (shown.length > 0) input.setAttribute('aria-activedescendant', `palette-${active}`)
    else input.removeAttribute('aria-activedescendant')
  }

  function run(index: number): void {
    const command = shown[index]
    if (command === undefined) return
    dialog.close()
    command.run()
  }
}

const fold = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().trim()
