import { wordsOf } from '../words/words.ts'
import { documentOf, shellScript } from './document.ts'
import { localPath, withReturnTo } from './local-path.ts'
import { html } from './markup.ts'
import { colouredMark } from './monogram.ts'
import type { Page, Person } from './page.ts'
import type { Choice } from './tenant-chooser-page.ts'
import { productBar } from './top-bar.ts'

/** Staff say why, once for each visit; the client's people can read it. */
export function visitReasonPage(m: {
  page: Page
  person: Person
  tenant: Choice
  returnTo: string
}): string {
  const { page, person, tenant, returnTo } = m
  const words = wordsOf(page).staff
  const back = localPath(returnTo)
  const { displayName: name } = tenant
  const body = html`${productBar(page, person)}
    <main id="main" class="chooser" tabindex="-1">
      <form class="reason" method="post" action="/tenant">
        <input type="hidden" name="tenant" value="${tenant.id}" />
        <input type="hidden" name="return_to" value="${back}" />
        ${colouredMark(name, tenant.primary)}
        <h1>${words.why(name)}</h1>
        <p class="lede" id="reason-note">${words.whyHint(name)}</p>
        <label for="reason">${words.reason}</label>
        <input
          class="field"
          id="reason"
          name="reason"
          required
          maxlength="200"
          autocomplete="off"
          aria-describedby="reason-note"
        />
        <div class="actions">
          <button class="button">${words.go(name)}</button>
          <a class="button button-quiet" href="${withReturnTo('/tenant', back)}">${words.other}</a>
        </div>
        <fieldset class="usual">
          <legend>${words.usual}</legend>
          ${words.usualReasons.map(
            (reason) =>
              html`<button class="chip" name="reason" value="${reason}" formnovalidate>
                ${reason}
              </button>`,
          )}
        </fieldset>
      </form>
    </main>
    ${shellScript(page)}`
  return documentOf({
    page,
    person,
    body,
    layout: 'page',
    title: `${words.why(name)} · Dashgate`,
  })
}
