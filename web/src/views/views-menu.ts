import { wordsOf } from '../words/words.ts'
import { icon } from './icons.ts'
import { html, type Markup } from './markup.ts'
import type { Page } from './page.ts'
import type { ListedView } from '../listed-view.ts'

/** The place of the views' menu, and what it will list; the dashboard itself needs a script as well. */
export function viewsMenu(
  page: Page,
  {
    listed,
    shownId,
    isGone,
  }: { listed: readonly ListedView[]; shownId?: string; isGone?: boolean },
): Markup {
  const words = wordsOf(page).dashboard
  const shown = listed.find(({ id }) => id === shownId)
  const told = listed.map(({ id, name, isMine, isDefault, isShared, sharedBy, version, path }) => {
    return { id, name, isMine, isDefault, isShared, sharedBy, version, path }
  })
  return html`<details
    class="menu views-menu"
    data-views="${JSON.stringify(told)}"
    ${isGone ? html`data-view-gone` : undefined}
  >
    <summary class="menu-button">
      ${icon('bookmark')}
      <span class="visually-hidden">${words.views}</span>
      <span class="menu-words" data-view-name>${shown?.name ?? words.views}</span>
      <span class="badge" data-view-changed hidden>${words.changed}</span>
    </summary>
    <div class="menu-panel">
      <div data-views-panel></div>
      <p class="menu-note" role="status" data-views-said></p>
    </div>
  </details>`
}
