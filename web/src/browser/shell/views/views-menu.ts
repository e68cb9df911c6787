import { shell } from '../../../words/en/shell.ts'
import type { FrameOrder } from '../../messages.ts'
import { readView, toValue, type ViewContent } from '../../view.ts'
import type { Identity } from '../document-identity.ts'
import { panelOf } from './panel.ts'
import type { ListedView } from '../../../listed-view.ts'
import { createViewClient, Refused } from './view-client.ts'

const words = shell.views

interface Around {
  slug: string
  identity: Identity
  order: (order: FrameOrder) => void
  /** Says something over the dashboard. */
  notice: (text: string) => void
}

export interface ViewsMenu {
  captured(content: ViewContent): void
  shown(missing: string[]): void
  changed(isChanged: boolean): void
  /** An address of this dashboard, as it is to be shared: with the view that it shows. */
  addressOf(path: string): string
}

/** The menu of a dashboard's views; nothing where the page has none. */
export function createViewsMenu(root: HTMLElement, around: Around): ViewsMenu | undefined {
  const found = document.querySelector<HTMLDetailsElement>('details[data-views]')
  if (found === null) return undefined
  const menu = found
  const { slug, identity, order, notice } = around
  const part = (name: string) => menu.querySelector<HTMLElement>(`[data-${name}]`)
  const client = createViewClient(slug, identity)
  let views = listedIn(menu)
  let chosenId = root.dataset['view']
  let isChanged = false
  let waiting: PromiseWithResolvers<ViewContent> | undefined

  if (menu.hasAttribute('data-view-gone')) notice(words.gone)
  draw()

  return { captured, shown, changed, addressOf }

  function chosen(): ListedView | undefined {
    return views.find(({ id }) => id === chosenId)
  }

  function draw(): void {
    const view = chosen()
    write('view-name', view?.name ?? words.title)
    const mark = part('view-changed')
    if (mark !== null) mark.hidden = view === undefined || !isChanged
    const state = { views, chosen: view, isChanged, tenantName: identity.tenantName, linkTo }
    const focused = focusIn(menu)
    part('views-panel')?.replaceChildren(
      ...panelOf(state, {
        open: (one) => attempt(async () => open(one)),
        saveAs: (name) => attempt(async () => saveAs(name)),
        saveChanges: (one) => attempt(async () => saveChanges(one)),
        setDefault: (one, isDefault) =>
          attempt(async () => {
            await client.change(one.id, { isDefault })
            await renew()
            say(isDefault ? words.isDefault(one.name) : words.isNoDefault)
          }),
        share: (one, isShared) =>
          attempt(async () => {
            await client.change(one.id, { isShared })
            await renew()
            const { tenantName } = identity
            say(isShared ? words.isShared(one.name, tenantName) : words.isUnshared(one.name))
          }),
        copyLink: (one) =>
          attempt(async () => {
            await navigator.clipboard.writeText(new URL(linkTo(one), location.href).href)
            say(shell.copied)
          }),
        remove: (one) =>
          attempt(async () => {
            await client.remove(one.id)
            choose(undefined)
            await renew()
            say(words.removed(one.name))
          }),
      }),
    )
    focused()
  }

  async function open(view: ListedView): Promise<void> {
    // On another of the app's pages there is nothing yet that could be set.
    if (!isHere(view)) return location.assign(linkTo(view))
    // The list first: what is saved in between is a conflict later, and not lost.
    await renew()
    const content = readView(await client.content(view.id))
    choose(view.id)
    draw()
    order({ type: 'dashgate:show-view', content })
  }

  async function saveAs(name: string): Promise<void> {
    if (name === '') return say(words.needsName)
    const content = await capture()
    await client.save(name, toValue(content))
    await renew()
    choose(views.find((one) => one.isMine && one.name === name)?.id)
    keep(content)
    say(words.saved(name))
  }

  async function saveChanges({ name, version }: ListedView): Promise<void> {
    const content = await capture()
    await client.save(name, toValue(content), version)
    await renew()
    keep(content)
    say(words.changesSaved(name))
  }

  function keep(content: ViewContent): void {
    isChanged = false
    order({ type: 'dashgate:keep-view', content })
    draw()
  }

  async function capture(): Promise<ViewContent> {
    if (root.dataset['state'] !== 'ready') throw new Refused('not_ready')
    waiting = Promise.withResolvers()
    order({ type: 'dashgate:capture' })
    return waiting.promise
  }

  async function renew(): Promise<void> {
    views = await client.list()
    draw()
  }

  /** The address names the view from now on, for whoever copies it. */
  function choose(id: string | undefined): void {
    chosenId = id
    isChanged = false
    history.replaceState(
      history.state,
      '',
      addressOf(location.pathname + location.search + location.hash),
    )
  }

  function addressOf(path: string): string {
    const url = new URL(path, location.href)
    const said = url.searchParams.get('view')
    if (said !== null && ID.test(said)) url.searchParams.delete('view')
    if (chosenId !== undefined) url.searchParams.set('view', chosenId)
    return url.pathname + url.search + url.hash
  }

  function captured(content: ViewContent): void {
    waiting?.resolve(content)
  }

  function shown(missing: string[]): void {
    const name = chosen()?.name ?? ''
    if (missing.length === 0) return say(words.shown(name))
    say(words.shownWithout(name, missing.join(', ')))
    notice(words.shownWithout(name, missing.join(', ')))
  }

  function changed(now: boolean): void {
    isChanged = now
    draw()
  }

  function attempt(run: () => Promise<void>): void {
    run().catch((fault: unknown) => {
      const code = fault instanceof Refused ? fault.code : ''
      if (code === 'not_ready') return say(words.notReady)
      say(words.errors[code] ?? words.failed)
    })
  }

  function say(text: string): void {
    write('views-said', text)
  }

  function write(name: string, text: string): void {
    const target = part(name)
    if (target !== null) target.textContent = text
  }

  function linkTo({ id, path }: ListedView): string {
    const url = new URL(`/dashboard/${slug}/${path ?? ''}`, location.origin)
    url.searchParams.set('view', id)
    return url.pathname + url.search
  }

  function isHere({ path }: ListedView): boolean {
    const there = new URL(`/dashboard/${slug}/${path ?? ''}`, location.origin)
    return there.pathname === location.pathname
  }
}

const ID = /^[0-9a-f-]{36}$/

function listedIn(menu: HTMLElement): ListedView[] {
  return JSON.parse(menu.dataset['views'] ?? '[]') as ListedView[]
}

/** Keeps the focus on the same thing while everything around it is made anew. */
function focusIn(menu: HTMLElement): () => void {
  const at = document.activeElement
  if (at === null || !menu.contains(at) || at.tagName === 'SUMMARY') return () => {}
  const { do: action, viewItem } = (at as HTMLElement).dataset
  const selector = viewItem
    ? `[data-view-item="${viewItem}"]`
    : action
      ? `[data-do=${action}]`
      : '#view-name'
  return () => {
    const same = menu.querySelector<HTMLElement>(selector) ?? menu.querySelector('summary')
    same?.focus()
  }
}
