import { shell } from '../../../words/en/shell.ts'
import { element } from '../elements.ts'
import type { ListedView } from '../../../listed-view.ts'

const words = shell.views

export interface PanelState {
  views: ListedView[]
  chosen: ListedView | undefined
  isChanged: boolean
  tenantName: string
  linkTo: (view: ListedView) => string
}

/** What somebody does in the menu. */
export interface PanelActions {
  open: (view: ListedView) => void
  saveAs: (name: string) => void
  saveChanges: (view: ListedView) => void
  setDefault: (view: ListedView, isDefault: boolean) => void
  share: (view: ListedView, isShared: boolean) => void
  copyLink: (view: ListedView) => void
  remove: (view: ListedView) => void
}

/** The menu's content, made anew for each state. */
export function panelOf(state: PanelState, act: PanelActions): HTMLElement[] {
  const { views, chosen } = state
  const list =
    views.length === 0
      ? element('p', { class: 'menu-note quiet' }, words.none)
      : element('ul', { class: 'views-list' }, ...views.map((view) => itemOf(view, state, act)))
  return [list, ...(chosen === undefined ? [] : [actionsOf(chosen, state, act)]), saveForm(act)]
}

/** A link, so that it can be opened in a tab of its own as well. */
function itemOf(view: ListedView, { chosen, linkTo }: PanelState, act: PanelActions): HTMLElement {
  const notes = [
    ...(view.isDefault ? [words.opensWithIt] : []),
    ...(view.sharedBy === null ? (view.isShared ? [words.shared] : []) : [words.by(view.sharedBy)]),
  ]
  const link = element(
    'a',
    {
      class: 'menu-item',
      href: linkTo(view),
      'data-view-item': view.id,
      'data-command':
        view.sharedBy === null ? view.name : `${view.name}, ${words.by(view.sharedBy)}`,
      'data-command-kind': words.one,
      ...(view.id === chosen?.id && { 'aria-current': 'true' }),
    },
    element('span', { class: 'views-name' }, view.name),
    ...(notes.length === 0 ? [] : [element('span', { class: 'quiet' }, notes.join(', '))]),
  )
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    act.open(view)
  })
  return element('li', {}, link)
}

function button(name: string, text: string, run: () => void): HTMLElement {
  const made = element(
    'button',
    { type: 'button', class: 'button button-quiet button-small', 'data-do': name },
    text,
  )
  made.addEventListener('click', run)
  return made
}

function actionsOf(view: ListedView, state: PanelState, act: PanelActions): HTMLElement {
  const own = [
    ...(state.isChanged ? [button('update', words.saveChanges, () => act.saveChanges(view))] : []),
    button('default', view.isDefault ? words.dropDefault : words.makeDefault, () =>
      act.setDefault(view, !view.isDefault),
    ),
    button('share', view.isShared ? words.unshare : words.share(state.tenantName), () =>
      act.share(view, !view.isShared),
    ),
  ]
  const link = button('link', words.copyLink, () => act.copyLink(view))
  const remove = button('remove', words.remove, () => act.remove(view))
  return element(
    'div',
    { class: 'views-actions', role: 'group', 'aria-label': view.name },
    ...(view.isMine ? [...own, link, remove] : [link]),
  )
}

function saveForm(act: PanelActions): HTMLElement {
  const name = element('input', {
    id: 'view-name',
    class: 'views-field',
    maxlength: '100',
    autocomplete: 'off',
  })
  const form = element(
    'form',
    { class: 'views-new' },
    element('label', { for: 'view-name' }, words.nameLabel),
    name,
    element('button', { class: 'button button-small' }, words.save),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    act.saveAs(name.value.trim())
  })
  return form
}
